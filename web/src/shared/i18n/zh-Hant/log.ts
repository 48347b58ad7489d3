import type { log as keys } from "@/shared/i18n/en/log";

export const log: Readonly<Record<keyof typeof keys, string>> = {
  "log.alerts": "警示",
  "log.noAlerts": "引擎沒有發出任何警示。",
  "log.events": "事件",
  "log.audit": "稽核",
  "log.search": "搜尋",
  "log.event": "事件",
  "log.severity": "嚴重性",

  "severity.info": "資訊",
  "severity.warning": "警告",
  "severity.critical": "嚴重",

  "log.subject": "對象",
  "log.text": "內容",
  "log.kept": "顯示 {n} 筆；保留開啟此頁後最新的 {max} 筆",
  "log.quiet": "開啟此頁後尚無事件。",
  "log.noMatch": "沒有符合篩選的事件。",
  "log.noAudit": "沒有符合的紀錄。",
  "log.actor": "操作者",
  "log.action": "操作",
  "log.target": "對象",
  "log.outcome": "結果",
  "log.change": "變更",
  "log.address": "來源位址",

};
