import { describe, expect, it } from "vitest";
import { resolveTogether, systemResolve } from "./resolve-name.ts";

// Real: the system's resolver, for a name it knows without asking. Doubled: a resolver that answers when it is told to.

describe("resolveTogether", () => {
  it("asks once for all who ask at the same time, and anew afterwards", async () => {
    const questions: { readonly name: string; readonly answer: (addresses: readonly string[]) => void }[] = [];
    const resolve = resolveTogether((name) => {
      const { promise, resolve: answer } = Promise.withResolvers<readonly string[]>();
      questions.push({ name, answer });
      return promise;
    });
    const asking = [resolve("erp.example"), resolve("erp.example"), resolve("other.example")];
    expect(questions.map(({ name }) => name)).toEqual(["erp.example", "other.example"]);
    questions[0]?.answer(["93.184.216.34"]);
    questions[1]?.answer(["93.184.216.35"]);
    expect(await Promise.all(asking)).toEqual([["93.184.216.34"], ["93.184.216.34"], ["93.184.216.35"]]);

    const again = resolve("erp.example");
    questions[2]?.answer(["10.0.0.1"]);
    expect(await again).toEqual(["10.0.0.1"]);
  });

  it("tells all who asked that it failed, and asks anew afterwards", async () => {
    let failures = 0;
    const resolve = resolveTogether(() => {
      failures += 1;
      return Promise.reject(new Error("no answer"));
    });
    const asking = await Promise.allSettled([resolve("erp.example"), resolve("erp.example")]);
    expect(asking.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(failures).toBe(1);
    await expect(resolve("erp.example")).rejects.toThrow("no answer");
    expect(failures).toBe(2);
  });
});

describe("systemResolve", () => {
  it("answers every address of a name", async () => {
    expect(await systemResolve("localhost")).toContain("127.0.0.1");
  });

  it("rejects with the system's code for a name that nobody has", async () => {
    await expect(systemResolve("nobody.invalid")).rejects.toMatchObject({
      code: expect.stringMatching(/^(ENOTFOUND|EAI_)/),
    });
  });
});
