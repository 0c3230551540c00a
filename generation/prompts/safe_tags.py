"""All that a prompt's template can do: Django's tags and filters that only choose and shape a value.

None of them loads, includes, escapes or asks the settings, and no filter makes much out of little.
"""

from django.template import Library, defaultfilters, defaulttags

TAGS = ("comment", "firstof", "for", "if", "verbatim", "with")
FILTERS = (
    "capfirst cut default default_if_none first last length lower pluralize slice title"
    " truncatechars truncatewords upper wordcount yesno"
).split()

register = Library()
register.tags = {name: defaulttags.register.tags[name] for name in TAGS}
register.filters = {name: defaultfilters.register.filters[name] for name in FILTERS}
