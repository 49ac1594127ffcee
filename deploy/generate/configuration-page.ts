import { allVariables, SERVICE_CONFIGS, type Variable, variablesOf } from "./environment.ts";

const WIDTH = 100;

/** `.env.example`: every variable once, those that are required uncommented, because somebody must fill them in. */
export function envExample(): string {
  const variables = allVariables();
  const shared = variables.filter(({ services }) => services.length > 1);
  const sections = [
    section("several services", shared, true),
    ...Object.keys(SERVICE_CONFIGS).map((service) =>
      section(
        service,
        variables.filter(({ services }) => services.length === 1 && services[0] === service),
        false,
      ),
    ),
  ];
  return `# Generated from the services' configuration schemas: npm run generate
#
# Each process gets the variables of its own service only. A variable that is commented out shows its default. A value
# file:/path is replaced by that file's content, so that secrets can be mounted as files. docs/configuration.md has a table
# for each service.

${sections.join("\n")}`;
}

function section(title: string, variables: readonly Variable[], naming: boolean): string {
  if (variables.length === 0) return "";
  return `# ---- ${title} ----\n\n${variables.map((variable) => envEntry(variable, naming)).join("\n")}`;
}

function envEntry(
  { name, services, description, fallback, required, requiredUnless, secret, choices }: Variable,
  naming: boolean,
): string {
  const alternative = requiredUnless === undefined ? "Optional" : `Required unless ${requiredUnless} is set`;
  const remarks = [
    description,
    ...(choices === undefined ? [] : [`One of: ${choices.join(", ")}.`]),
    ...(naming ? [`Read by ${services.join(", ")}.`] : []),
    `${required ? "Required" : alternative}${secret ? ", secret" : ""}.`,
  ];
  const assignment = required || requiredUnless !== undefined ? `${name}=` : `# ${name}=${fallback ?? ""}`;
  return `${wrapped(remarks.join(" "))}\n${assignment}\n`;
}

function wrapped(text: string): string {
  const lines: string[] = [];
  let line = "#";
  for (const word of text.split(" ")) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = "#";
    }
    line += ` ${word}`;
  }
  return [...lines, line].join("\n");
}

/** `docs/configuration.md`: one table per service. */
export function configurationPage(): string {
  const tables = Object.entries(SERVICE_CONFIGS).map(([service, config]) => {
    const rows = variablesOf(service, config).map(row);
    const remark = service === "provision" ? "`npm run broker`, of an operator.\n\n" : "";
    return `## ${service}\n\n${remark}| variable | when absent | meaning |\n|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `# Configuration

Generated from the services' configuration schemas by \`npm run generate\`; a test fails when it is stale.

Services are configured by environment variables only, read once at start, certificates and their keys again on SIGHUP. Every
problem is listed at once, and no value is quoted. A value \`file:/path\` is replaced by that file's content without its last
line end, so that secrets can be mounted as files. An empty value, or a file with nothing in it, counts as absent. 🔒 marks secrets: they have no default and are never printed.

${tables.join("\n")}`;
}

function row({ name, description, fallback, required, requiredUnless, secret, choices }: Variable): string {
  const unset = requiredUnless === undefined ? "not set" : `**required** unless \`${requiredUnless}\` is set`;
  const optional = fallback === undefined ? unset : `\`${fallback}\``;
  const absent = required ? "**required**" : optional;
  const values = choices === undefined ? "" : ` One of ${choices.map((choice) => `\`${choice}\``).join(", ")}.`;
  return `| \`${name}\`${secret ? " 🔒" : ""} | ${absent} | ${escaped(description)}${values} |`;
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}
