// The types of what is served under this name (../../dashboard-files.ts): htm's standalone module of htm, preact and hooks.

export * from "htm/preact";
export type { ComponentChildren, RefObject, VNode } from "preact";
