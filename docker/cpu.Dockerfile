# torchts on the CPU, for a user who is not root: docker build -f docker/cpu.Dockerfile -t torchts .
FROM node:22-bookworm-slim

ARG TORCHTS_VERSION=0.1.0
ENV NODE_ENV=production
WORKDIR /app
RUN chown node:node /app
USER node

# No package runs a script when it is installed.
RUN npm init --yes > /dev/null && npm install --ignore-scripts "torchts@${TORCHTS_VERSION}" && npm cache clean --force
RUN npx torchts setup --flavour cpu

ENTRYPOINT ["npx"]
CMD ["torchts", "doctor"]
