// The log.
export const log = {
  "log.alerts": "Alerts",
  "log.noAlerts": "The engine has warned of nothing.",
  "log.events": "Events",
  "log.audit": "Audit",
  "log.search": "Search",
  "log.event": "Event",
  "log.severity": "Severity",

  "severity.info": "info",
  "severity.warning": "warning",
  "severity.critical": "critical",

  "log.subject": "About",
  "log.text": "What happened",
  "log.kept": "{n} shown; the newest {max} since this page was opened are kept",
  "log.quiet": "Nothing has happened since this page was opened.",
  "log.noMatch": "No event fits the filters.",
  "log.noAudit": "No entry fits.",
  "log.actor": "Who",
  "log.action": "Action",
  "log.target": "On",
  "log.outcome": "Outcome",
  "log.change": "Change",
  "log.address": "From",

} as const;
