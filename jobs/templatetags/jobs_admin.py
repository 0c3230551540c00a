from django import template

from jobs.console.listing import short_error

register = template.Library()
register.filter("short_error", short_error)
