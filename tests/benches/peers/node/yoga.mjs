// GraphQL Yoga on Node's own server.
import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";
import { context, port, resolvers, typeDefs } from "./data.mjs";

const schema = createSchema({ typeDefs, resolvers });
const yoga = createYoga({ schema, context, logging: false, graphiql: false });
createServer(yoga).listen(port, "127.0.0.1");
