// Types of the server's answers from its OpenAPI document (openapi.json, printed by scripts/openapi).
// A JSON number that is no integer stays exact: the client hands it on as Amount (see src/shared/lib/exact.ts).
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const amount = ts.factory.createTypeReferenceNode("Amount");
const document = JSON.parse(await readFile(new URL("../openapi.json", import.meta.url), "utf8"));
const nodes = await openapiTS(document, {
  transform: (schema) => (schema.type === "number" ? amount : undefined),
});
const head = 'import type { Amount } from "@/shared/lib/exact";\n\n';
await writeFile(new URL("../src/api/schema.d.ts", import.meta.url), head + astToString(nodes));
