// The types of what is served under this name (../../dashboard-files.ts).
export { default } from "uplot";
