import { describe, expect, it } from "vitest";
import { showHeaders } from "./show-headers.ts";

// Pure.

describe("showHeaders", () => {
  it("shows what every delivery says, and of what was agreed with the ERP only the names", () => {
    expect(
      showHeaders({
        "content-type": "application/json",
        "webhook-id": "00000000-0000-4000-8000-000000000000",
        authorization: "Bearer CANARY",
        "x-gateway-key": "CANARY",
      }),
    ).toEqual([
      "content-type: application/json",
      "webhook-id: 00000000-0000-4000-8000-000000000000",
      "authorization: (not shown)",
      "x-gateway-key: (not shown)",
    ]);
  });

  it("shows which signatures there are, and none that would verify", () => {
    expect(showHeaders({ "webhook-signature": "v1,CANARY= v1,CANARY= v1a,CANARY==" })).toEqual([
      "webhook-signature: v1,(signature) v1,(signature) v1a,(signature)",
    ]);
  });
});
