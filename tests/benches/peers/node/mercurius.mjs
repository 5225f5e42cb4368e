// Mercurius on Fastify: a document is compiled from its second use on.
import fastify from "fastify";
import { createSchema } from "graphql-yoga";
import mercurius from "mercurius";
import { context, port, resolvers, typeDefs } from "./data.mjs";

const server = fastify();
server.register(mercurius, { schema: createSchema({ typeDefs, resolvers }), context, jit: 1 });
await server.listen({ host: "127.0.0.1", port });
