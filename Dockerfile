# The local tenant in a container:
#
#   docker build --tag anon-cli . && docker run --publish 127.0.0.1:4400:4400 --volume anon-cli:/data anon-cli
#
# It listens on all addresses of the container, over HTTPS and plain HTTP. Whoever can connect gets guest tokens, and can
# read and change the whole tenant with the credentials of its Management API client. So publish the port only to this
# machine, as above, or in a network that you trust. To trust its certificate: docker exec <container> cat
# /data/anon-cli/tls/ca.pem. docs/shared-tenant.md describes instances that share a PostgreSQL database.

FROM node:22-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.library.json ./
COPY bin ./bin
COPY scripts ./scripts
COPY src ./src
RUN node scripts/build.mjs
RUN npm prune --omit=dev --ignore-scripts

FROM node:22-slim
ENV NODE_ENV=production
ENV ANON_KEYRING=off
# Everything that is saved: the state in SQLite, or only locks and sessions where the state is in PostgreSQL.
ENV XDG_DATA_HOME=/data
ENV XDG_CONFIG_HOME=/data/config
ENV XDG_CACHE_HOME=/data/cache
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/bin ./bin
COPY --from=build /build/dist ./dist
COPY --from=build /build/node_modules ./node_modules
RUN mkdir /data
RUN chown 1000:1000 /data
# The user `node` of the image. Kubernetes recognises only a number as a user that is not root.
USER 1000:1000
VOLUME /data
EXPOSE 4400
HEALTHCHECK --interval=10s --timeout=5s CMD ["node", "-e", "fetch('http://127.0.0.1:4400/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/bin/anon-cli.cjs"]
CMD ["local", "start", "--host", "0.0.0.0"]
