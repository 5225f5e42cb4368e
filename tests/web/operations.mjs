// Operations over graphql-ws's own client: node operations.mjs ws://host/graphql < [{query, variables}, …]
// One line of JSON an operation: the results, or the errors that ended it.
import { readFileSync } from 'node:fs';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, authorization] = process.argv.slice(2);
const connectionParams = authorization ? { authorization } : {};
const client = createClient({ url, webSocketImpl: WebSocket, connectionParams, lazy: false, retryAttempts: 0 });

for (const { take, ...payload } of JSON.parse(readFileSync(0, 'utf8'))) {
  const results = [];
  try {
    for await (const result of client.iterate(payload)) {
      results.push(result);
      if (results.length === take) break;
    }
    console.log(JSON.stringify({ results }));
  } catch (errors) {
    console.log(JSON.stringify({ results, errors }));
  }
}
await client.dispose();
