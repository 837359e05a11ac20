using System.Text;
using Actions.Core.Security.Images;

namespace Actions.Core.Tests.Security;

public sealed class ImageTests
{
    private const string Hex = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    private const string Digest = $"sha256:{Hex}";

    [Theory]
    [InlineData("FROM node:22\n", "1 'node:22'")]
    [InlineData("ARG BASE=debian:12\nFROM ${BASE} AS one\nFROM one\nFROM $BASE\n", "2 'debian:12'|4 'debian:12'")]
    [InlineData("ARG BASE\nFROM ${BASE}\nFROM ${BASE:-alpine}\n", "3 'alpine'")]
    [InlineData("FROM scratch\nCOPY --from=nginx:1 /a /b\nRUN --mount=type=bind,from=tools:1,source=/x x\n", "2 'nginx:1'|3 'tools:1'")]
    [InlineData("# FROM node\nFROM --platform=linux/amd64 \\\n  node:22\n", "2 'node:22'")]
    [InlineData($"FROM node:22@{Digest} AS a\nFROM scratch\nCOPY --from=a /x /x\nCOPY --from=0 /x /x\n", "")]
    [InlineData("RUN echo FROM node\nCOPY . .\n", "")]
    public void Images_of_a_Dockerfile_are_pinned(string text, string expected) =>
        string.Join('|', DockerfileScan.Read("Dockerfile", Encoding.UTF8.GetBytes(text)).Select(finding => $"{finding.Line} {finding.Found["found ".Length..]}")).ShouldBe(expected);

    [Theory]
    [InlineData("Dockerfile", true)]
    [InlineData("src/api/Dockerfile.prod", true)]
    [InlineData("api.dockerfile", true)]
    [InlineData("Containerfile", true)]
    [InlineData("docs/Dockerfiles.md", false)]
    [InlineData("DockerfileX", false)]
    public void A_Dockerfile_is_known_by_its_name(string path, bool expected) => DockerfileScan.IsOne(path).ShouldBe(expected);

    [Theory]
    [InlineData($$$"""{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"component":{"type":"container","name":"app","version":"{{{Digest}}}"}},"components":[{},{}]}""", "CycloneDX 1.6", 2)]
    [InlineData($$$"""{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"name":"app","purl":"pkg:oci/app@sha256%3A{{{Hex}}}?arch=amd64"} } }""", "CycloneDX 1.5", 0)]
    [InlineData($$$"""{"spdxVersion":"SPDX-2.3","packages":[{"SPDXID":"SPDXRef-a","name":"lib"},{"SPDXID":"SPDXRef-i","primaryPackagePurpose":"CONTAINER","versionInfo":"{{{Digest}}}"}]}""", "SPDX-2.3", 2)]
    [InlineData($$$"""{"spdxVersion":"SPDX-2.2","documentDescribes":["SPDXRef-i"],"packages":[{"SPDXID":"SPDXRef-i","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:oci/app@sha256:{{{Hex}}}"}]}]}""", "SPDX-2.2", 1)]
    [InlineData($$$"""{"spdxVersion":"SPDX-2.3","relationships":[{"relationshipType":"DESCRIBES","relatedSpdxElement":"SPDXRef-i"}],"packages":[{"SPDXID":"SPDXRef-i","checksums":[{"algorithm":"SHA256","checksumValue":"{{{Hex}}}"}]}]}""", "SPDX-2.3", 1)]
    public void An_sbom_says_which_image_it_is_of(string json, string format, int packages)
    {
        var sbom = SbomFile.Read(Encoding.UTF8.GetBytes(json), out _)!;

        (sbom.Format, sbom.Packages, string.Join(' ', sbom.Digests)).ShouldBe((format, packages, Digest));
        sbom.Compare("sbom.json", [Digest]).ShouldBeEmpty();
        sbom.Compare("sbom.json", []).ShouldBeEmpty();
        sbom.Compare("sbom.json", [$"sha256:{new string('0', 64)}"]).ShouldHaveSingleItem().Rule.ShouldBe("image-mismatch");
    }

    [Theory]
    [InlineData("""{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"component":{"name":"app","version":"1.0.0"}}}""")]
    [InlineData($$$"""{"spdxVersion":"SPDX-2.3","packages":[{"SPDXID":"SPDXRef-a","name":"lib","versionInfo":"{{{Digest}}}"}]}""")]
    public void An_sbom_that_does_not_say_so_is_of_no_image(string json) =>
        SbomFile.Read(Encoding.UTF8.GetBytes(json), out _)!.Compare("sbom.json", [Digest]).ShouldHaveSingleItem().Rule.ShouldBe("image-mismatch");

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("x")]
    [InlineData("""{"bomFormat":1}""")]
    [InlineData("""{"spdxVersion":"SPDX-3.0"}""")]
    public void Something_else_is_no_sbom(string json) => SbomFile.Read(Encoding.UTF8.GetBytes(json), out _).ShouldBeNull();

    [Theory]
    [InlineData("image: docker://ghcr.io/a/b:v1@" + Digest, Digest, 0)]
    [InlineData("image: docker://ghcr.io/a/b:v1", null, 1)]
    [InlineData("image: ../../Dockerfile", null, 0)]
    [InlineData("steps: []", null, 0)]
    public void An_action_file_names_its_image(string line, string? digest, int findings)
    {
        var image = ActionImage.Read("action.yml", Encoding.UTF8.GetBytes($"runs:\n  using: docker\n  {line}\n"));

        (image.Digest, image.Findings.Count).ShouldBe((digest, findings));
    }
}
