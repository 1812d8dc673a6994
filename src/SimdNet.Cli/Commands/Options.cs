using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using SimdNet.Data;
using SimdNet.Threading;

namespace SimdNet.Cli.Commands;

/// <summary>Options that several commands have, and what an option may be.</summary>
internal static class Options
{
    public static Option<string> Data() => new("--data")
    {
        Description = "A folder of the four IDX files of MNIST or any set of its family, or of CIFAR-10 or CIFAR-100 in the binary " +
            "version. Without it: MNIST itself.",
        HelpName = "DIR",
        DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "Data", "mnist"),
    };

    public static Option<int> Threads() =>
        Integer("--threads", "Threads at work.", WorkerTeam.Size, lowest: 1, highest: WorkerTeam.MaxSize);

    public static Option<int> Integer(string name, string description, int? initially, int lowest, int highest) =>
        Number(name, description, initially, value => value >= lowest && value <= highest, $"a whole number from {lowest} to {highest}");

    /// <summary>An option whose value is a number that is <paramref name="expected"/>; it may have none initially.</summary>
    public static Option<T> Number<T>(string name, string description, T? initially, Predicate<T> accepts, string expected)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = initially is T value ? _ => value : null,
            CustomParser = result =>
                TryParse(result.Tokens[0].Value, out T given) && accepts(given) ? given : Refuse<T>(result, name, expected),
        };

    /// <summary>An option whose value is one of a few words.</summary>
    public static Option<string> Word(string name, string description, string initially, params string[] words) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', words),
        DefaultValueFactory = _ => initially,
        CustomParser = result =>
        {
            string word = result.Tokens[0].Value;
            return words.Contains(word) ? word : Refuse<string>(result, name, string.Join(" or ", words));
        },
    };

    /// <summary>An option whose value is a list of positive whole numbers.</summary>
    public static Option<int[]> List(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "N,N,...",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            string[] items = result.Tokens[0].Value.Split(',');
            int[] values = [.. items.Select(item => TryParse(item, out int value) ? value : 0)];
            return values.All(value => value > 0) ? values : Refuse<int[]>(result, name, "whole numbers above 0 with commas between");
        },
    };

    public static Option<int[]> Hidden() => List("--hidden", "The units of each hidden dense layer of the mlp. Without it: 512,512.");

    /// <summary>What <see cref="Hidden"/> has been given.</summary>
    public static int[] HiddenOf(ParseResult parsed, Option<int[]> hidden) =>
        parsed.GetResult(hidden) is null ? [512, 512] : parsed.GetRequiredValue(hidden);

    /// <summary>Opens what <see cref="Data"/> names.</summary>
    public static (Dataset Train, Dataset Test) Open(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"--data is '{folder}', expected a folder: there is none of that name.");
        }

        if (CifarDataset.IsIn(folder))
        {
            CifarDataset cifar = CifarDataset.Open(folder);
            return (cifar.Train, cifar.Test);
        }

        IdxDataset images = IdxDataset.Open(folder);
        return (images.Train, images.Test);
    }

    private static bool TryParse<T>(string text, out T value)
        where T : struct, INumber<T> => T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static T? Refuse<T>(ArgumentResult result, string name, string expected)
    {
        result.AddError($"{name} is '{result.Tokens[0].Value}', expected {expected}.");
        return default;
    }
}
