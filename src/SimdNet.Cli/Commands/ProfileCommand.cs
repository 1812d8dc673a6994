using System.CommandLine;
using SimdNet.Threading;

namespace SimdNet.Cli.Commands;

/// <summary><c>simdnet profile</c>: where the time of a training step, or of a prediction, goes.</summary>
internal static class ProfileCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<string> model = Options.Word("--model", "The network.", Models.Default, Models.Names);
        Option<int[]> hidden = Options.Hidden();
        Option<int> batch = Options.Integer("--batch", "Samples per step.", 64, 1, 1 << 16);
        Option<bool> predict = new("--predict") { Description = "Predictions in place of training steps." };
        Option<int> steps = Options.Integer("--steps", "Steps in each of 15 blocks. Without it: what takes 0.1 s.", null, 1, 1_000_000);
        Option<int> threads = Options.Threads();
        Option<string> json = new("--json") { Description = "A file to write the profile to.", HelpName = "FILE" };
        Command command = new("profile", "Says where the time of a step goes, layer by layer, beside the machine's limit.")
        {
            model, hidden, batch, predict, steps, threads, json,
        };
        command.SetAction(parsed =>
        {
            WorkerTeam.Size = parsed.GetValue(threads);
            ProfileSettings settings = new(
                parsed.GetRequiredValue(model),
                Options.HiddenOf(parsed, hidden),
                parsed.GetValue(batch),
                parsed.GetValue(predict),
                parsed.GetResult(steps) is null ? null : parsed.GetValue(steps));
            Profile(settings, parsed.GetValue(json), terminal);
        });
        return command;
    }

    private static void Profile(ProfileSettings settings, string? json, Terminal terminal)
    {
        if (json is not null && (Directory.Exists(json) || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(json)))))
        {
            throw new DirectoryNotFoundException($"--json is '{json}', expected a file in a folder that exists.");
        }

        (ProfilePart[] parts, long steps) = Profiling.Run(settings);
        ProfileReport report = ProfileReport.Of(settings, parts, steps, new Roof());
        ProfileView.Write(report, terminal);
        if (json is not null)
        {
            report.Save(json);
        }
    }
}
