from generation.models.generation import Attempt, File, Generation, GenerationQuerySet

__all__ = ["Attempt", "File", "Generation", "GenerationQuerySet"]
