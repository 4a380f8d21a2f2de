# docker build -t otaudit . ; docker run --rm -v "$PWD:/work:ro" otaudit scan /work
FROM python:3.12-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends gcc libc6-dev \
 && rm -rf /var/lib/apt/lists/*
COPY . /source
RUN pip wheel --no-cache-dir --wheel-dir /wheels /source

FROM python:3.12-slim
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels otaudit \
 && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin otaudit
COPY ci/scan.sh /usr/share/otaudit/scan.sh
USER 10001
WORKDIR /work
ENV OTAUDIT_NO_PROGRESS=1
ENTRYPOINT ["otaudit"]
CMD ["--help"]
