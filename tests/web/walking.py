"""The pages of the desk that need no record to open; holds no test."""

LISTS = [
    "/tasks", "/red", "/hazards", "/deferrals", "/unit-listings", "/notices", "/board", "/board/lines/unsigned",
    "/board/lamps", "/board/map", "/board/trends", "/leader", "/campaigns", "/campaigns/new", "/plan", "/duties",
    "/reports", "/reports/weekly", "/visits", "/visits/new", "/patrol", "/draws", "/draws/new", "/pictures", "/inbox",
    "/documents", "/number-registers", "/cockpit", "/cockpit/definitions", "/cockpit/instances", "/cockpit/incidents",
    "/cockpit/timers", "/cockpit/messages", "/cockpit/notices", "/cockpit/batches", "/cockpit/audit",
    "/cockpit/audit/registers", "/definitions", "/settings/substitutions", "/settings/units", "/settings/people",
    "/settings/places", "/settings/gaps", "/settings/imports", "/settings/codes", "/settings/checklists",
    "/settings/calendars", "/settings/powers", "/settings/templates", "/settings/slots", "/settings/organs",
    "/settings/channels",
]  # fmt: skip
