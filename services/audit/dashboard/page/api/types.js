/**
 * What the API answers (docs/openapi/audit.json), as far as the page reads it.
 *
 * @typedef {"received" | "extracted" | "delivered" | "refused" | "invalid" | "undeliverable" | "deferred" | "duplicate"}
 *   Status
 * @typedef {"receive" | "claim" | "extract" | "deliver"} Stage
 * @typedef {"ingest" | "extractor" | "erp-pusher"} Service
 *
 * @typedef {object} DocumentRow
 * @property {string} document_id
 * @property {string} mail_id
 * @property {string} tenant_id
 * @property {Status} status
 * @property {string} status_at
 * @property {string | null} code
 * @property {Stage | null} stage
 * @property {string | null} sender_email
 * @property {"sendgrid" | "api" | null} source
 * @property {number | null} size_bytes
 * @property {number | null} page_count
 * @property {"e-invoice" | "gemini" | null} provider
 * @property {string | null} model
 * @property {number | null} input_tokens
 * @property {number | null} output_tokens
 * @property {string | null} validation_status
 * @property {number | null} validation_issue_count
 * @property {number | null} erp_http_status
 * @property {string} received_at
 * @property {number | null} receive_duration_ms
 * @property {number | null} claim_duration_ms
 * @property {number | null} extract_duration_ms
 * @property {number | null} extract_attempts
 * @property {number | null} deliver_duration_ms
 * @property {number | null} deliver_attempts
 * @property {string | null} wiped_at
 * @property {string | null} [trace_id]
 *
 * @typedef {object} EventData
 * @property {string} [document_id]
 * @property {"sendgrid" | "api"} [source]
 * @property {number} [size_bytes]
 * @property {Stage} [stage]
 * @property {string} [code]
 * @property {number} [duration_ms]
 * @property {"e-invoice" | "gemini"} [provider]
 * @property {number} [erp_http_status]
 * @property {number} [attempts]
 * @property {Partial<Record<Service, number>>} [wiped_bytes]
 *
 * @typedef {object} EventView
 * @property {string} id
 * @property {string} type
 * @property {string} time
 * @property {EventData} data
 *
 * @typedef {object} DocumentsPage
 * @property {DocumentRow[]} documents
 * @property {string | null} next_cursor
 *
 * @typedef {object} DocumentDetails
 * @property {DocumentRow} document
 * @property {EventView[]} events
 *
 * @typedef {object} TenantInfo
 * @property {string} id
 * @property {string} [plan]
 * @property {number} [retention_days]
 *
 * @typedef {object} Session
 * @property {"tenant" | "admin"} scope
 * @property {string | null} tenant
 * @property {TenantInfo[]} tenants
 * @property {string | null} trace_url_template
 *
 * @typedef {object} StageStatistics
 * @property {number} count
 * @property {number | null} p50_ms
 * @property {number | null} p95_ms
 * @property {number | null} p99_ms
 *
 * @typedef {object} StatisticsBucket
 * @property {string} from
 * @property {number} documents
 * @property {Partial<Record<Status, number>>} by_status
 * @property {number | null} success_rate
 * @property {Partial<Record<Stage, StageStatistics>>} stages
 *
 * @typedef {object} Statistics
 * @property {string} since
 * @property {string} until
 * @property {"hour" | "day"} bucket
 * @property {{ documents: number, by_status: Partial<Record<Status, number>>, success_rate: number | null }} totals
 * @property {StatisticsBucket[]} buckets
 *
 * @typedef {object} Recording
 * @property {number} position
 * @property {number | null} pending_events
 * @property {string | null} last_recorded_at
 * @property {number} rejected_messages
 *
 * @typedef {{ stream_sequence: number, code: string, rejected_at: string }} RejectedMessage
 *
 * @typedef {object} Projection
 * @property {string} name
 * @property {number} version
 * @property {string | null} rebuilt_at
 * @property {number} rebuild_done
 * @property {number} rebuild_total
 *
 * @typedef {{ tenant_id: string, day: string, event_count: number, digest: string, key_id: string }} SegmentHead
 *
 * @typedef {object} RetentionRun
 * @property {string} day
 * @property {string} finished_at
 * @property {number} segments
 * @property {number} events
 * @property {number} documents
 * @property {number} partitions
 * @property {number} rejected notes on messages that were set aside
 * @property {number} untrusted
 *
 * @typedef {object} Alert
 * @property {string} rule
 * @property {string} tenant_id
 * @property {number} affected
 * @property {string | null} code
 * @property {string | null} document_id
 * @property {string} opened_at
 * @property {string | null} quiet_since
 * @property {string | null} told_at
 *
 * @typedef {object} AuditStatus
 * @property {Recording} recording
 * @property {RejectedMessage[]} rejected
 * @property {Projection[]} projections
 * @property {SegmentHead[]} heads
 * @property {Alert[]} alerts
 * @property {RetentionRun | null} last_retention
 *
 * @typedef {object} RecordedEvent
 * @property {EventView} event
 * @property {DocumentRow | null} document
 */

export {};
