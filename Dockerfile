# One image for the API, the worker and the migrations; Node runs the TypeScript as it is.
FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force
COPY workflows workflows
COPY activities activities
COPY db db
COPY api api
COPY worker worker
USER node
CMD ["node", "api/main.ts"]
