"""What must never be seen again. Each looks like its kind, or is known because a setting says so."""

from typing import Final

# Of the installation: known by heart, whatever they look like.
SETTINGS: Final = {
    "SECRET_KEY": "planted secret key, 'quoted' & <odd> of the installation",
    "SECRETS_KEYS": "planted-newest-key,planted-older-key",
    "LLM_API_KEY": "planted-key-of-the-proxy",
    "LANGFUSE_SECRET_KEY": "planted-key-of-langfuse",
}
DATABASE_PASSWORD: Final = "pl4nted-database-password"
REDIS_PASSWORD: Final = "pl4nted-redis-password"
SMTP_PASSWORD: Final = "pl4nted-smtp-password"
# Of those who call: known by their look.
CALLERS: Final = {
    "api_key": "cg_live_plantedabcde_PLANTEDplantedPLANTEDplantedPLAN",
    "provider": "sk-proj-PLANTEDplantedPLANTEDplanted",
    "google": "AIzaPLANTEDplantedPLANTEDplantedPLANTED",
    "github": "ghp_PLANTEDplantedPLANTEDplantedPLANTED12",
    "webhook": "whsec_PLANTEDplantedPLANTEDplanted=",
    "bearer": "PLANTED.opaque-bearer-token",
    "basic": "dXNlcjpQTEFOVEVEcGFzc3dvcmQ=",
    "cookie": "PLANTEDcookieofsomebody",
    "password": "PLANTED correct horse password",
    "link": "cg_reset_eyJ1IjoxfQ:1vPLANTED:PLANTEDsignature",
    "address": "pl4nted-password-in-an-address",
}
# Of a request that is not to be stored.
PROMPT: Final = "A page about the planted merger of two companies"

EVERY_SECRET: Final = (
    SETTINGS["SECRET_KEY"],
    *SETTINGS["SECRETS_KEYS"].split(","),
    SETTINGS["LLM_API_KEY"],
    SETTINGS["LANGFUSE_SECRET_KEY"],
    DATABASE_PASSWORD,
    REDIS_PASSWORD,
    SMTP_PASSWORD,
    *CALLERS.values(),
    PROMPT,
    "merger",
)
DATABASE_URL: Final = f"postgres://codegen:{DATABASE_PASSWORD}@db.example/codegen"

# Said by what breaks: everything at once.
CONFESSION: Final = "\n".join(
    [
        *SETTINGS.values(),
        f"key {CALLERS['api_key']}, {CALLERS['provider']}, {CALLERS['google']}, {CALLERS['github']}",
        f"Authorization: Bearer {CALLERS['bearer']}",
        f"{{'Authorization': 'Basic {CALLERS['basic']}', 'Cookie': 'session={CALLERS['cookie']}'}}",
        f"{{'password': '{CALLERS['password']}', 'secret': '{CALLERS['webhook']}'}}",
        f"https://codegen.example/password/new#{CALLERS['link']}",
        f"https://somebody:{CALLERS['address']}@repository.example/",
        f"{DATABASE_URL} redis://:{REDIS_PASSWORD}@cache.example:6379/0",
        f"smtp://codegen:{SMTP_PASSWORD}@mail.example",
    ]
)
