"""The addresses that generations and batches are given out with.

Written down and not reversed: a worker that tells of an end need not load every view of the site for it.
"""

from uuid import UUID

API = "/api/v1"


def links_of(generation_id: UUID) -> dict[str, str]:
    generation, job = f"{API}/generations/{generation_id}", f"{API}/jobs/{generation_id}"
    return {
        "self": generation,
        "job": job,
        "events": f"{job}/events",
        "cancel": f"{job}/cancel",
        "files": f"{generation}/files",
        "download": f"{generation}/download",
        "refine": f"{generation}/refine",
        "history": f"{generation}/history",
        "diff": f"{generation}/diff",
    }


def batch_links_of(batch_id: UUID) -> dict[str, str]:
    batch = f"{API}/batches/{batch_id}"
    return {
        "self": batch,
        "results": f"{batch}/results",
        "cancel": f"{batch}/cancel",
        "generations": f"{API}/generations?batch={batch_id}",
    }
