/** Secrets that anybody can read: in our pages, and in those of the standards that we follow. */
export const KNOWN_EXAMPLES: ReadonlySet<string> = new Set([
  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  "whsec_q0zDyKIMX9pUt4m9ZmNnXhX1Yh9q6m5t",
  "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3",
  "3f0a7c1d9e5b2846f7a1c3d5e9b0826471f3a5c7d9e1b3052846a7c9e1f3b5d7",
  "b81f4e6a02d97c35e8a0f6b4d2c1907f5e3a8b6c4d2f109e7c5a3b8d6f4e2c01",
  // The first test vector of RFC 8032, in PKCS #8.
  "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g",
]);
