import { FINDINGS } from "../doctor/findings.ts";

/** `docs/operations/doctor.md`: how the doctor is asked, and everything that it finds. */
export function doctorPage(): string {
  const rows = Object.entries(FINDINGS).map(
    ([id, { level, remedy }]) => `| \`${id}\` | ${level} | ${escaped(remedy)} |`,
  );
  return `# The doctor

Generated from \`deploy/doctor/findings.ts\` by \`npm run generate\`; a test fails when it is stale.

\`npm run doctor\` says in plain words what is wrong with a deployment: its settings, its certificates, what the broker permits,
the streams, the database's roles, the model, every tenant's ERP, clocks, hardening. It reads the services' own variables,
asks with their own rights, and changes nothing.

\`\`\`sh
npm run doctor -- ingest=ingest.env extractor=extractor.env erp-pusher=erp-pusher.env audit=audit.env broker=broker.env
docker run … --env-file ingest.env flowstate:1 deploy/doctor/main.ts ingest
\`\`\`

- A part is \`ingest\`, \`extractor\`, \`erp-pusher\`, \`audit\`, or \`broker\`: what [\`npm run broker -- provision\`](../../deploy/nats/README.md) is given,
  the administrator of the streams. \`PART=FILE\` reads its variables from a file of \`NAME=value\` lines, \`PART\` from the
  environment of the command. Without any, the parts are those whose own variables the environment has.
- **Before the first start** and after every change: all parts together, from a machine that reaches broker, database, model
  and ERPs. Together, because only then does it see whether they fit together.
- **In a service's container**, with the image's own way of starting: that alone shows hardening and the memory limit as
  the service has them. It needs nothing that the service does not have.
- What it was not given it says it has not checked (\`----\`). Give it \`broker\` to have the streams' settings looked at.
- It ends with 0 when nothing keeps the deployment from its work, warnings or not; with 1 otherwise. \`--json\` prints one
  object for each line: \`level\`, \`check\`, \`id\`, \`text\`, \`remedy\`.
- It names variables, hosts, identities, tenants and numbers. It prints no secret and no value of a variable.

What it sends: to each ERP a signed \`flowstate.ping\`, as \`npm run erp -- ping\` does; to the model one request about an empty
page, with \`store: false\` and at most one token of answer; to the broker, on every subject of the table of identities, a
message that no stream stores; to the collector no span. Slack is not asked, because it would show a message.

[\`doctor.nats.test.ts\`](../../deploy/doctor/doctor.nats.test.ts) breaks a healthy deployment in every way below but three,
and holds that exactly this is found: with a real broker and a real PostgreSQL, both over TLS.

## What it finds

| finding | level | what to do |
|---|---|---|
${rows.join("\n")}
`;
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}
