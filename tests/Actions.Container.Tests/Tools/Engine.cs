using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Actions.Container.Tests.Tools;

/// <summary>The Docker engine of this machine, when it has one, and what tests ask of it.</summary>
internal static class Engine
{
    public const string Image = "solana-actions:local";
    public const string LocalnetImage = "solana-actions-localnet:local";

    /// <summary>Marks everything that tests start; a runner has a label of its own too.</summary>
    public const string Label = "solana-actions-tests";

    public static readonly string Client =
        Environment.GetEnvironmentVariable("DOCKER") is { Length: > 0 } named ? named : File.Exists("/usr/bin/docker") ? "/usr/bin/docker" : "docker";

    private static readonly Lazy<string?> Missing = new(FindWhatIsMissing);

    /// <summary>Why container tests cannot run here; null when they can, and when they must.</summary>
    public static string? SkipReason => Environment.GetEnvironmentVariable("REQUIRE_CONTAINER") == "1" ? null : Missing.Value;

    /// <summary>True when tests were skipped, so there is nothing to prepare for them.</summary>
    public static bool IsSkipped => SkipReason is not null;

    public static void Require() => Missing.Value.ShouldBeNull();

    /// <summary>Runs one docker command that must succeed.</summary>
    public static async Task<string> DockerAsync(params string[] arguments)
    {
        var (exit, output, error) = await TryAsync(arguments);
        return exit == 0 ? output : throw new InvalidOperationException($"docker {string.Join(' ', arguments)}: exit {exit}\n{error}");
    }

    public static async Task<(int Exit, string Output, string Error)> TryAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Client, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOCKER_BUILDKIT"] = "1" },
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }

    /// <summary>Removes a container, running or not; it may be gone already.</summary>
    public static void Remove(string container) => TryAsync("rm", "--force", "--volumes", container).GetAwaiter().GetResult();

    /// <summary>Gives a tree to another user, where this one may.</summary>
    public static void GiveToUser(string folder, uint user)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Append(folder))
        {
            _ = ChangeOwner(path, user, user);
        }
    }

    public static async Task<bool> ExistsAsync(string container) => (await TryAsync("container", "inspect", container)).Exit == 0;

    /// <summary>`user:group` of a path.</summary>
    public static async Task<string> OwnerOfAsync(string path)
    {
        using var process = Process.Start(new ProcessStartInfo("stat", ["--format", "%u:%g", path]) { RedirectStandardOutput = true })!;
        return (await process.StandardOutput.ReadToEndAsync()).Trim();
    }

    private static string? FindWhatIsMissing()
    {
        try
        {
            if (TryAsync("version", "--format", "{{.Server.Version}}").GetAwaiter().GetResult() is { Exit: not 0 } failed)
            {
                return $"no Docker engine answers ({failed.Error.Split('\n')[0].Trim()})";
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "there is no Docker client";
        }

        return new[] { Image, LocalnetImage }.FirstOrDefault(image => TryAsync("image", "inspect", image).GetAwaiter().GetResult().Exit != 0) is { } image
            ? $"the image {image} is missing: make image"
            : null;
    }

    [DllImport("libc", EntryPoint = "lchown", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeOwner(string path, uint user, uint group);
}
