import { ConfigError } from "@flowstate/runtime";

/** The problems for which reading a configuration fails; none when it is read. */
export function configProblems(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
