"""Ordinary prompts, and such as are made to be slow."""

SHORT = [
    "Build a to-do list in React",
    "A REST API for a parking garage in Python",
    "Migrate this Express server to Hono, same routes",
    "Landing page for a yoga studio, no JavaScript at all",
    "用 Vue 3 写一个登录页面，不要用 React",
    "Ein Flask-Server für Rechnungen, bitte ohne Datenbank",
    "Reactでカレンダーを作ってください",
    "Why does this fail? KeyError: 'x'",
]

LONG = """\
# Shift planner

We run three cafés with about forty employees, and the shifts are still planned in a spreadsheet. Please build
a web application for it.

## Stack
- Front end: React 18 with TypeScript and Vite, Tailwind for the styles
- Back end: FastAPI with SQLAlchemy, PostgreSQL
- No Next.js, our host serves static files only

## What it does
1. The manager of a café creates the shifts of a week: day, start, end, role, number of people.
2. Employees see open shifts on their phone and apply for them, at most five a week.
3. The manager accepts or declines; who was declined gets an e-mail.
4. Shifts can be swapped between two employees if both agree and the manager does not object within a day.
5. At the end of the month there is a CSV with hours for each employee for the accountant.

The old tool was written in PHP by a former employee, nobody understands it any more. Its export:

```json
{"employee": 12, "from": "2024-05-01T08:00", "to": "2024-05-01T14:00", "role": "barista"}
```

## Details
The interface is in German and English. It has to work on small screens; a dark mode would be nice. Log in by
e-mail and a code, no passwords. Every change of a shift is kept with who made it and when. There are unit
tests for the rules of swapping, and a docker-compose file to start everything. Explain in the README how to
add a café.

Something similar exists as a commercial product, but it is too expensive for us and its API is closed. If
you need icons take them from a free set. We do not need chat, push messages or a mobile app for now, those
may come later as a React Native app by another team.

## Order of work
First the data model and the endpoints, with tests. Then the page of the manager, then the page of the
employees. The accountant's file comes last; he needs it on the first of the month, so we can live without it
for a while. Write all files completely, and tell me at the end what I have to install on our server.
"""

HOSTILE = {
    "names": "react express ",
    "moves": "convert react to vue, ",
    "negations": "no not without ",
    "spaces": " ",
    "line breaks": "\n",
    "open fences": "```\n",
    "fences": "```python\nx = 1\n```\n",
    "tags": "<div ",
    "versions": '"react": "^1", ',
    "quotes": '"',
    "brackets": "React (",
    "one word": "a",
    "dots": ".",
    "Han": "用",
    "code": "x = foo(bar)\n",
}
