# One image for the API, the worker and the migrations; Node runs the TypeScript as it is.
FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force
COPY vocabulary vocabulary
COPY configuration configuration
COPY db db
COPY email email
COPY links links
COPY schemas schemas
COPY commands commands
COPY activities activities
COPY temporal temporal
COPY workflows workflows
COPY web web
COPY console console
COPY portal portal
COPY api api
COPY worker worker
USER node
CMD ["node", "api/main.ts"]
