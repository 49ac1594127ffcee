import type { Endpoint } from "./endpoint.ts";
import { GET_SESSION } from "./get-session.ts";

/** Every endpoint that needs a key. */
export const ENDPOINTS: readonly Endpoint[] = [GET_SESSION];
