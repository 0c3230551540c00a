from prometheus_client import Counter

SEALED = Counter("audit_entries_sealed_total", "Entries of the audit log that were tied into their chain.")
BROKEN = Counter("audit_breaks_found_total", "What `verify` has found to be wrong with the audit log.")
