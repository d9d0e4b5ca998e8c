# The server, small and without root:  docker build -t assistants-shim .
# Two stages: the compiler's and pip's leavings stay in the first one.
ARG PYTHON=3.12
FROM python:${PYTHON}-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY shim ./shim
RUN python -m venv /opt/shim \
    && /opt/shim/bin/pip install --no-cache-dir --constraint constraints.txt ".[server,postgres,encryption,import,telemetry]" \
    && /opt/shim/bin/python -m compileall -q /opt/shim

FROM python:${PYTHON}-slim
LABEL org.opencontainers.image.title="assistants-shim" \
      org.opencontainers.image.description="Keeps OpenAI Assistants API applications running on the Responses API" \
      org.opencontainers.image.licenses="MIT"
RUN useradd --uid 10001 --home-dir /var/lib/shim --create-home --shell /usr/sbin/nologin shim
COPY --from=build /opt/shim /opt/shim
ENV PATH=/opt/shim/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SHIM_DATABASE_URL=sqlite:////var/lib/shim/shim.db \
    SHIM_LOG_FORMAT=json
USER 10001
WORKDIR /var/lib/shim
# Where threads live when no PostgreSQL is named.
VOLUME /var/lib/shim
EXPOSE 8787
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8787/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
# SHIM_AUTH must say how callers are told apart (`pass-through` or `keys`): without it another host is refused.
ENTRYPOINT ["assistants-shim"]
CMD ["serve", "--host", "0.0.0.0"]
