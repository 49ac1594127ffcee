// Real: lines as strace 6.1 writes them. Doubled: nothing.
import { describe, expect, it } from "vitest";
import { filesOfTrace } from "./read-trace.ts";

describe("a trace", () => {
  it.each([
    ['41  openat(AT_FDCWD</a>, "b", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0666) = 26</a/b>', ["/a/b"]],
    ['41  openat(AT_FDCWD</a>, "/c", O_RDWR|O_CLOEXEC) = 3</c>', ["/c"]],
    ['41  open("/c", O_WRONLY|O_APPEND) = 3</c>', ["/c"]],
    ['41  openat2(AT_FDCWD</a>, "/c", {flags=O_RDWR, resolve=RESOLVE_NO_XDEV}, 24) = 3</c>', ["/c"]],
    ['41  openat(AT_FDCWD</a>, "/tmp", O_RDWR|O_TMPFILE, 0600) = 3</tmp/#1>(deleted)', ["/tmp/#1"]],
    ['41  openat(AT_FDCWD</a>, "/dev/shm/x", O_RDWR|O_CREAT, 0600) = 3</dev/shm/x>', ["/dev/shm/x"]],
    ['41  creat("x", 0600)                  = 3</a/x>', ["/a/x"]],
    ['41  memfd_create("x", MFD_CLOEXEC) = 3</memfd:x>(deleted)', ["/memfd:x"]],
    ['41  rename("/a/b", "/a/\\"c") = 0', ["/a/b", '/a/\\"c']],
    ['41  renameat2(AT_FDCWD</a>, "b", 7</d>, "c", 0) = 0', ["/a/b", "/d/c"]],
    ['41  truncate("/a/b", 0)               = 0', ["/a/b"]],
  ])("%s names what is written", (line, files) => {
    expect(filesOfTrace(line)).toEqual(files);
  });

  it.each([
    '41  openat(AT_FDCWD</a>, "b", O_RDONLY|O_CLOEXEC) = 26</a/b>',
    '41  openat(AT_FDCWD</a>, "/dev/null", O_WRONLY) = 3</dev/null<char 1:3>>',
    '41  openat(AT_FDCWD</a>, "/proc/self/oom_score_adj", O_WRONLY) = 3</proc/41/oom_score_adj>',
    "41  +++ exited with 0 +++",
    "",
  ])("%s names nothing", (line) => {
    expect(filesOfTrace(line)).toEqual([]);
  });

  it("tells names that are relative to where the program works", () => {
    const opened = '41  openat(AT_FDCWD</data>, "base/1.tmp", O_WRONLY|O_CREAT, 0600) = 3</data/base/1.tmp>';
    const trace = `${opened}\n41  rename("base/1.tmp", "base/1") = 0\n`;
    expect(filesOfTrace(trace)).toEqual(["/data/base/1.tmp", "/data/base/1.tmp", "/data/base/1"]);
  });
});
