# torchts with CUDA, for a user who is not root. The driver comes from the host, by NVIDIA's container toolkit:
# docker build -f docker/cuda.Dockerfile -t torchts:cuda . && docker run --gpus all torchts:cuda
FROM node:22-bookworm-slim

ARG TORCHTS_VERSION=0.1.0
ARG TORCHTS_FLAVOUR=cu130
ENV NODE_ENV=production \
    TORCHTS_FLAVOUR=${TORCHTS_FLAVOUR} \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
WORKDIR /app
RUN chown node:node /app
USER node

RUN npm init --yes > /dev/null && npm install --ignore-scripts "torchts@${TORCHTS_VERSION}" && npm cache clean --force
# CUDA's libraries come as NVIDIA's wheels: the image needs none of its own.
RUN npx torchts setup

ENTRYPOINT ["npx"]
CMD ["torchts", "doctor"]
