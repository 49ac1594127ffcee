// Real: the places. Doubled: nothing.
import { describe, expect, it } from "vitest";
import { Places } from "./places.ts";

const [acme, globex, initech] = [Buffer.from("acme"), Buffer.from("globex"), Buffer.from("initech")];
const refusal = (places: Places, digest: Buffer) => {
  try {
    places.take(digest);
    return undefined;
  } catch (error) {
    return error;
  }
};

describe("places", () => {
  it("are for so many of a key, which is told to come again", () => {
    const places = new Places({ inAll: 10, perKey: 2 });
    places.take(acme);
    places.take(acme);
    expect(refusal(places, acme)).toMatchObject({ category: "rate_limited" });
    expect(refusal(places, globex)).toBeUndefined();
  });

  it("are for so many in all, which is nobody's fault", () => {
    const places = new Places({ inAll: 2, perKey: 2 });
    places.take(acme);
    places.take(globex);
    expect(refusal(places, initech)).toMatchObject({ category: "temporarily_unavailable" });
  });

  it("are free again once for each that is given back, however often that is said", () => {
    const places = new Places({ inAll: 2, perKey: 1 });
    const first = places.take(acme);
    places.take(globex);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    places.take(acme);
    expect(refusal(places, initech)).toMatchObject({ category: "temporarily_unavailable" });
    expect(refusal(places, acme)).toMatchObject({ category: "rate_limited" });
  });
});
