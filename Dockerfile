# The image of every action. There are two ways to put the executable into the same runtime:
#   docker build .                    compiles it inside; what a runner does for `uses: OWNER/REPO/actions/…@main`
#   docker build --target prebuilt .  copies artifacts/solana-actions, which `make publish` made; releases, tests, machines without a registry
# The bases are arguments: a release pins them by digest, `make image` can make them from Debian packages.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled

FROM ${RUNTIME_IMAGE} AS runtime
# The runner's folders belong to another user, and only root can write there: https://docs.github.com/actions/creating-actions/dockerfile-support-for-github-actions#user
USER 0:0
# Without it the runtime leaves a socket for debuggers in /tmp, and a debugger can read keys.
ENV DOTNET_EnableDiagnostics=0
LABEL org.opencontainers.image.title="solana-actions" \
  org.opencontainers.image.description="GitHub Actions that deploy and verify Solana programs" \
  org.opencontainers.image.licenses="Apache-2.0"
# Where the runner mounts its folders and the engine's socket (/var/run is /run): what is there already need not be made in every container.
COPY src/container/rootfs/ /
WORKDIR /github/workspace
# In this form the executable is the first process, so that the runner's signals reach it. Its argument is the action's name.
ENTRYPOINT ["/solana-actions"]

FROM runtime AS prebuilt
COPY artifacts/solana-actions /solana-actions

FROM ${SDK_IMAGE} AS publish
ENV CI=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source
# Packages are a layer of their own: they change less often than the code.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/Actions.Core/Actions.Core.csproj src/Actions.Core/packages.lock.json src/Actions.Core/
COPY src/Actions.Cli/Actions.Cli.csproj src/Actions.Cli/packages.lock.json src/Actions.Cli/
RUN dotnet restore src/Actions.Cli
COPY src/Actions.Core src/Actions.Core
COPY src/Actions.Cli src/Actions.Cli
RUN dotnet publish src/Actions.Cli -c Release -o /published --no-restore --nologo

FROM runtime AS build
COPY --from=publish /published/solana-actions /solana-actions
