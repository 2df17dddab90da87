/** The stock target: ApolloServer over ApolloGateway as their documentation starts them, telemetry off. Arguments: supergraph file, port; says `ready <url>`. */
import { readFileSync } from "node:fs";
import { ApolloGateway } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";

async function main(file: string, port: number): Promise<void> {
  const gateway = new ApolloGateway({ supergraphSdl: readFileSync(file, "utf8") });
  const server = new ApolloServer({ gateway });
  const { url } = await startStandaloneServer(server, { listen: { host: "127.0.0.1", port } });
  process.stdout.write(`ready ${url}\n`);
}

process.on("SIGTERM", () => process.exit(0));
void main(process.argv[2] ?? "", Number(process.argv[3] ?? "0"));
