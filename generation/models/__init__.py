from generation.models.batch import Batch, BatchItem, LineCounts
from generation.models.generation import Attempt, File, Generation, GenerationQuerySet

__all__ = ["Attempt", "Batch", "BatchItem", "File", "Generation", "GenerationQuerySet", "LineCounts"]
