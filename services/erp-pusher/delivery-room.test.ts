import { MemoryBudget } from "@flowstate/ghost";
import { describe, expect, it } from "vitest";
import { DeliveryRoom, NoRoomError } from "./delivery-room.ts";

// Pure, with real budgets. Nothing is doubled.

const memory = (shareBytes = 100, budgetBytes = 100) => ({
  share: new MemoryBudget(shareBytes),
  budget: new MemoryBudget(budgetBytes),
});
const held = ({ share, budget }: ReturnType<typeof memory>) => [share.reservedBytes, budget.reservedBytes];

describe("a delivery's room", () => {
  it("is all of it in the share, and in the budget what exceeds the extraction; and is given back", () => {
    const from = memory();
    {
      using room = DeliveryRoom.of(40, from);
      expect(held(from)).toEqual([40, 0]);
      room?.admit(30);
      expect(held(from)).toEqual([40, 0]);
      room?.admit(90);
      expect(held(from)).toEqual([90, 50]);
    }
    expect(held(from)).toEqual([0, 0]);
  });

  it("is none when the extraction does not fit into the share", () => {
    const from = memory();
    using _first = DeliveryRoom.of(61, from);
    expect(DeliveryRoom.of(40, from)).toBeUndefined();
    expect(held(from)).toEqual([61, 0]);
  });

  it("does not grow beyond the share, nor beyond the budget", () => {
    const [small, poor] = [memory(50, 100), memory(100, 5)];
    using inSmall = DeliveryRoom.of(10, small);
    using inPoor = DeliveryRoom.of(10, poor);
    expect(() => inSmall?.admit(51)).toThrow(NoRoomError);
    expect(() => inPoor?.admit(16)).toThrow(NoRoomError);
    inSmall?.admit(50);
    inPoor?.admit(15);
  });
});
