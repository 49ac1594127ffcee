import { describe, expect, it } from "vitest";
import { AddressRefusedError } from "../egress/guard-addresses.ts";
import { explainFault } from "./explain-fault.ts";

// Pure: an error in, sentences out. That real faults have these codes is in ping-erp.test.ts.

const URL_WITHOUT_PORT = new URL("https://erp.example/hooks");
const failed = (code: string) => Object.assign(new Error("what a third party said"), { code });
const sentencesFor = (cause: unknown, url = URL_WITHOUT_PORT) => explainFault(url, cause).join(" ");

describe("explainFault", () => {
  it.each([
    ["ENOTFOUND", "The name erp.example has no address."],
    ["EAI_AGAIN", "The name servers of this machine did not answer for erp.example."],
    ["ECONNREFUSED", "Nothing listens at erp.example, port 443."],
    ["EHOSTUNREACH", "There is no way from here to erp.example, port 443"],
    ["UND_ERR_CONNECT_TIMEOUT", "erp.example, port 443 does not take the connection"],
    ["UND_ERR_HEADERS_TIMEOUT", "erp.example did not answer in time."],
    ["UND_ERR_SOCKET", "erp.example closed the connection without an answer."],
    ["CERT_HAS_EXPIRED", "The certificate of erp.example has expired."],
    [
      "UNSPECIFIED",
      "The certificate of erp.example, or one above it, is not acceptable: its key or its digest is too weak",
    ],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "The certificate that erp.example, port 443 shows is not for erp.example."],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "erp.example shows a certificate of an authority that is not trusted."],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "What answers at erp.example, port 443 does not speak TLS."],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "erp.example broke TLS off: it may want a client certificate"],
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "erp.example speaks a version of TLS that is too old"],
    ["HPE_INVALID_CONSTANT", "What answers at erp.example, port 443 does not speak HTTP as it must."],
  ])("has a sentence for %s", (code, sentence) => {
    expect(sentencesFor(failed(code))).toContain(sentence);
  });

  it("names the port that the URL names", () => {
    expect(sentencesFor(failed("ECONNREFUSED"), new URL("https://[fd12::1]:8443/"))).toBe(
      "Nothing listens at fd12::1, port 8443.",
    );
  });

  it("says which address was refused, of what kind, and what can be done about it", () => {
    expect(sentencesFor(new AddressRefusedError("10.1.2.3", "private"))).toBe(
      "erp.example leads to 10.1.2.3: a private address. Nothing was sent. If the ERP is in your own network, allow that " +
        "network: erp.allowed_networks, or ERP_ALLOWED_NETWORKS.",
    );
    expect(sentencesFor(new AddressRefusedError("169.254.169.254", "cloud_metadata"))).toBe(
      "erp.example leads to 169.254.169.254: a cloud's metadata service. Nothing was sent. Nothing is ever sent to such an " +
        "address. Ask who answers for the name.",
    );
  });

  it("names the code of what it has no sentence for, and never repeats a message", () => {
    expect(sentencesFor(failed("EUNHEARDOF"))).toBe("There was no answer from erp.example, port 443 (EUNHEARDOF).");
    expect(sentencesFor(new TypeError("what a third party said"))).toContain("(TypeError)");
    expect(sentencesFor("what a third party said")).toContain("(unknown)");
  });
});
