// Real: the page's list of documents and its filter. Doubled: the API, by pages made here.
import { describe, expect, it } from "vitest";
import { DocumentsList } from "./page/list/documents-list.js";
import { EVERYTHING, matches } from "./page/list/filter.js";

type Row = DocumentsList["rows"][number];

/** A document that came so many seconds after midnight. */
function row(second: number, changes: Partial<Row> = {}): Row {
  const received_at = new Date(Date.UTC(2026, 10, 28) + second * 1_000).toISOString();
  const nothing = {
    code: null,
    stage: null,
    sender_email: null,
    source: null,
    size_bytes: null,
    page_count: null,
    provider: null,
    model: null,
    input_tokens: null,
    output_tokens: null,
    validation_status: null,
    validation_issue_count: null,
    erp_http_status: null,
    receive_duration_ms: null,
    claim_duration_ms: null,
    extract_duration_ms: null,
    extract_attempts: null,
    deliver_duration_ms: null,
    deliver_attempts: null,
    wiped_at: null,
  };
  const ids = { document_id: `document-${second}`, mail_id: "mail", tenant_id: "acme" };
  return { ...nothing, ...ids, status: "received", status_at: received_at, received_at, ...changes };
}

const pause = () => new Promise((resolve) => setImmediate(resolve));

/** A list over pages of two, newest first, and what was asked for. */
async function listOver(rows: readonly Row[]) {
  const asked: unknown[] = [];
  const get = async (_path: string, parameters: Record<string, unknown> = {}) => {
    asked.push(parameters);
    const from = Number(parameters["cursor"] ?? 0);
    const next = from + 2 < rows.length ? String(from + 2) : null;
    return JSON.parse(JSON.stringify({ documents: rows.slice(from, from + 2), next_cursor: next }));
  };
  const list = new DocumentsList({ get, open: () => Promise.reject(new Error("not asked")) }, null);
  await pause();
  return { list, asked, shown: () => list.rows.map(({ document_id }) => Number(document_id.split("-")[1])) };
}

const many = [row(90), row(80), row(70), row(60), row(50)];

describe("the list of documents", () => {
  it("grows by a page each time more is asked for, until there is no more", async () => {
    const { list, shown } = await listOver(many);
    expect(shown()).toEqual([90, 80]);
    await list.loadMore();
    await list.loadMore();
    expect(shown()).toEqual([90, 80, 70, 60, 50]);
    expect(list.isComplete).toBe(true);
  });

  it("asks once for a page that is asked for twice", async () => {
    const { list, asked, shown } = await listOver(many);
    await Promise.all([list.loadMore(), list.loadMore()]);
    expect(shown()).toEqual([90, 80, 70, 60]);
    expect(asked).toHaveLength(2);
  });

  it("keeps what the feed brings while the first page is on its way", async () => {
    const { list, shown } = await listOver(many);
    list.reload();
    list.take(row(100));
    list.take(row(80, { status: "delivered" }));
    await pause();
    expect(shown()).toEqual([100, 90, 80]);
    expect(list.rows.at(-1)?.status).toBe("delivered");
  });

  it("forgets a document that waits as soon as the filter does not want it any more", async () => {
    const { list } = await listOver(many);
    list.setFilter({ ...EVERYTHING, statuses: ["received"] });
    await pause();
    list.isAtTop = false;
    list.take(row(100));
    expect(list.waiting).toHaveLength(1);
    list.take(row(100, { status: "delivered" }));
    expect(list.waiting).toHaveLength(0);
  });

  it("moves a document whose time of receipt turns out to be another", async () => {
    const { list, shown } = await listOver(many);
    list.take(row(100));
    list.take({ ...row(85), document_id: "document-100" });
    expect(shown()).toEqual([90, 100, 80]);
  });

  it("takes what the feed brings where it belongs, also what was recorded late", async () => {
    const { list, shown } = await listOver(many);
    list.take(row(100));
    list.take(row(85));
    list.take(row(80, { status: "delivered" }));
    expect(shown()).toEqual([100, 90, 85, 80]);
    expect(list.rows.at(-1)?.status).toBe("delivered");
    // Older than all that is listed: it comes with its page, once.
    list.take(row(70, { status: "delivered" }));
    expect(shown()).toEqual([100, 90, 85, 80]);
    await list.loadMore();
    expect(shown()).toEqual([100, 90, 85, 80, 70, 60]);
  });

  it("does not move under a reader who has scrolled away, and then shows everything at once", async () => {
    const { list, shown } = await listOver(many);
    list.isAtTop = false;
    list.take(row(100));
    list.take(row(110));
    list.take(row(100, { status: "delivered" }));
    expect(shown()).toEqual([90, 80]);
    expect(list.waiting).toHaveLength(2);
    list.showWaiting();
    expect(shown()).toEqual([110, 100, 90, 80]);
    expect(list.rows[1]?.status).toBe("delivered");
  });

  it("keeps what the feed has told while an older answer was on its way", async () => {
    const { list, shown } = await listOver(many);
    list.setFilter({ ...EVERYTHING, statuses: ["received"] });
    list.take(row(90, { status: "delivered" }));
    await pause();
    expect(shown()).toEqual([80]);
    const asking = list.catchUp();
    list.take(row(80, { size_bytes: 7 }));
    await asking;
    expect(list.rows.find(({ document_id }) => document_id === "document-80")?.size_bytes).toBe(7);
  });

  it("holds so many rows, and fetches again what it let go of when that is scrolled to", async () => {
    const stored = Array.from({ length: 2_100 }, (_, second) => row(second)).reverse();
    const get = async (_path: string, { until, cursor }: Record<string, unknown> = {}) => {
      const from = typeof until === "string" ? stored.findIndex(({ received_at }) => received_at < until) : 0;
      const at = Number(cursor ?? Math.max(from, 0));
      const next = at + 200 < stored.length ? String(at + 200) : null;
      return JSON.parse(JSON.stringify({ documents: stored.slice(at, at + 200), next_cursor: next }));
    };
    const list = new DocumentsList({ get, open: () => Promise.reject(new Error("not asked")) }, null);
    while (!list.isComplete) {
      await list.loadMore();
      await pause();
    }
    expect(list.rows).toHaveLength(2_100);
    list.isAtTop = false;
    list.take(row(2_100));
    expect(list.rows, "under a reader who has scrolled").toHaveLength(2_100);
    list.isAtTop = true;
    list.showWaiting();
    expect([list.rows.length, list.isComplete]).toEqual([2_000, false]);
    list.take(row(5, { status: "delivered" }));
    expect(list.rows).toHaveLength(2_000);
    await list.loadMore();
    expect(list.rows.map(({ document_id }) => document_id)).toEqual(
      Array.from({ length: 2_101 }, (_, second) => `document-${2_100 - second}`),
    );
    expect(list.isComplete).toBe(true);
  });

  it("begins again at the newest when more has come than it holds while the reader was elsewhere", async () => {
    const { list, shown } = await listOver(many);
    list.isAtTop = false;
    for (let second = 100; second < 2_200; second += 1) list.take(row(second));
    expect([list.waiting.length, list.isWaitingCut]).toEqual([2_000, true]);
    list.showWaiting();
    await pause();
    expect([shown(), list.waiting.length, list.isWaitingCut]).toEqual([[90, 80], 0, false]);
  });

  it("lets go of a document that its filter does not want any more", async () => {
    const { list, shown } = await listOver(many);
    list.setFilter({ ...EVERYTHING, statuses: ["received"] });
    await pause();
    list.take(row(90, { status: "delivered" }));
    expect(shown()).toEqual([80]);
  });

  it("says why nothing came, and goes on when asked again", async () => {
    let isAway = true;
    const get = async () => {
      if (isAway) throw new TypeError("fetch failed");
      return JSON.parse(JSON.stringify({ documents: many, next_cursor: null }));
    };
    const list = new DocumentsList({ get, open: () => Promise.reject(new Error("not asked")) }, null);
    await pause();
    expect([list.failure, list.isLoading, list.rows]).toEqual(["away", false, []]);
    isAway = false;
    await list.loadMore();
    expect([list.failure, list.rows.length]).toEqual([undefined, 5]);
  });
});

describe("a filter", () => {
  const document = row(60, { status: "deferred", code: "erp_unavailable", sender_email: "Billing@Supplier.example" });
  const since = row(60).received_at;
  it.each([
    [true, {}],
    [true, { statuses: ["deferred", "refused"] as const }],
    [false, { statuses: ["delivered"] as const }],
    [true, { code: "erp_unavailable" }],
    [false, { code: "erp_rejected" }],
    [true, { sender: "billing@supplier.example" }],
    [false, { sender: "other@supplier.example" }],
    [true, { since }],
    [false, { until: since }],
  ])("answers %s to %j, as the server would", (expected, part) => {
    expect(matches({ ...EVERYTHING, ...part }, document)).toBe(expected);
  });
});
