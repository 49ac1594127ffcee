import { setTimeout as sleep } from "node:timers/promises";
import { HttpError } from "@flowstate/runtime";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { LiveTail, newestPosition, type RecordedEventView } from "../live/live-tail.ts";
import type { RecordingPulse } from "../live/recording-pulse.ts";
import { documentAnswer, eventAnswer } from "./answers.ts";
import type { ApiAccess } from "./api-access.ts";
import { type Endpoint, parsed, serve } from "./endpoint.ts";
import type { Places } from "./places.ts";
import { streamAnswer } from "./stream-answer.ts";
import { tenantParameter, type Viewer } from "./viewer.ts";

/** Proxies take a connection for dead that is silent for a minute, many sooner. */
const ALIVE_MS = 15_000;
/** Between attempts while the database is away. */
const PAUSE_MS = 2_000;
/** How soon a client comes again whose connection was lost. */
const RETRY_MS = 1_000;
const TYPE = "text/event-stream";
const ALIVE = ": alive\n\n";
/** Without an `id`: what was seen last stays what it was. */
const PAUSED = "event: paused\ndata: {}\n\n";

const positionParameter = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number)
  .pipe(z.int())
  .optional()
  .describe("The id of the last event that was seen, as Last-Event-ID: what was recorded after it comes first.");

/** WHATWG HTML §9.2.4. */
const headersSchema = z.object({
  "Last-Event-ID": positionParameter.describe("What a browser sends when it comes again; it outranks `after`."),
});

export const STREAM_EVENTS = {
  method: "GET",
  path: "/api/stream",
  scope: "read",
  summary: "Events as they are recorded, as server-sent events",
  query: z.strictObject({ after: positionParameter, tenant: tenantParameter }),
  headers: headersSchema,
  answer: {
    description:
      "First `event: ready`, then `event: recorded` for each event, with its position as `id`. A comment at least every 15 " +
      "seconds. `event: paused` says that the database is away: it is over with the next `ready` or `recorded`. After a cut, Last-Event-ID (or `after`) goes on where it was: nothing is missed, nothing comes twice. Without " +
      "it, the stream begins now.",
    type: TYPE,
    schema: z.strictObject({ event: eventAnswer, document: documentAnswer.nullable() }),
  },
  failures: ["rate_limited"],
} as const satisfies Endpoint;

export interface Streaming {
  readonly pulse: RecordingPulse;
  readonly places: Places;
  /** Aborts when the server closes. */
  readonly closing: AbortSignal;
  /** Longest silence, milliseconds. */
  readonly aliveMs?: number;
}

/** `GET /api/stream`: the live tail. The server's closing ends all streams; a database that is away pauses them. */
export function streamEvents(
  server: FastifyInstance,
  access: ApiAccess,
  { pulse, places, closing, aliveMs = ALIVE_MS }: Streaming,
): void {
  const tail = new LiveTail(access);
  serve(server, access, STREAM_EVENTS, async ({ viewer, key, query, request, reply }) => {
    const seen = lastEventId(request) ?? query.after;
    using leaving = new DisposableStack();
    const place = leaving.use(places.take(key.digest));
    const newest = await newestPosition(access, viewer);
    leaving.move();
    // A database that was restored from a backup may have forgotten what the client has seen.
    const after = Math.min(seen ?? newest, newest);
    const settings = { type: TYPE, place, endless: true, closing, logger: access.logger };
    reply.header("x-accel-buffering", "no");
    return streamAnswer(reply, settings, (over) => recordedAfter(after, { viewer, tail, pulse, aliveMs }, over));
  });
}

function lastEventId({ headers }: FastifyRequest): number | undefined {
  return parsed(headersSchema, { "Last-Event-ID": headers["last-event-id"] })["Last-Event-ID"];
}

interface Following {
  readonly viewer: Viewer;
  readonly tail: LiveTail;
  readonly pulse: RecordingPulse;
  readonly aliveMs: number;
}

async function* recordedAfter(
  position: number,
  { viewer, tail, pulse, aliveMs }: Following,
  over: AbortSignal,
): AsyncGenerator<string> {
  let after = position;
  let isPaused = false;
  yield `retry: ${RETRY_MS}\n${readyAt(after)}`;
  while (!over.aborted) {
    const news = await pulse.next({ position: after, isPaused }, aliveMs, over);
    if (over.aborted) return;
    if (news === undefined) {
      yield ALIVE;
      continue;
    }
    if (typeof news !== "number") {
      isPaused = news === "paused";
      yield isPaused ? PAUSED : readyAt(after);
      continue;
    }
    const page = await unlessAway(tail.read(viewer, after, news));
    if (page === undefined) {
      yield isPaused ? ALIVE : PAUSED;
      isPaused = true;
      await sleep(PAUSE_MS, undefined, { signal: over }).catch(() => undefined);
      continue;
    }
    after = page.upTo;
    if (page.recorded.length > 0) yield page.recorded.map(messageOf).join("");
    else if (isPaused) yield readyAt(after);
    isPaused = false;
  }
}

function readyAt(position: number): string {
  return `id: ${position}\nevent: ready\ndata: {"position":${position}}\n\n`;
}

/** Undefined while the database is away. */
async function unlessAway<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (error instanceof HttpError && error.category === "temporarily_unavailable") return undefined;
    throw error;
  });
}

/** WHATWG HTML §9.2. JSON is one line. */
function messageOf({ position, event, document }: RecordedEventView): string {
  return `id: ${position}\nevent: recorded\ndata: ${JSON.stringify({ event, document })}\n\n`;
}
