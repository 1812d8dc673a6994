using System.Text.RegularExpressions;
using SimdNet.Data;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Simd;
using SimdNet.Tests.Data;
using SimdNet.Tests.Readme;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests;

/// <summary>
/// README's examples are compiled, in the folder Readme or in SimdNet.AotTest, and run, there or here: alone, for the current directory is the
/// process's.
/// </summary>
[Collection(nameof(Alone))]
public sealed partial class ReadmeTests
{
    [Fact]
    public void Every_example_is_the_compiled_one()
    {
        string readme = File.ReadAllText(Path.Combine(HouseTests.Root, "README.md"));
        string[] examples = [.. Blocks().Matches(readme).Select(match => match.Groups[1].Value)];
        ILookup<int, string> compiled = Compiled();

        Assert.Equal(Enumerable.Range(1, examples.Length), compiled.Select(example => example.Key).Order());
        for (int number = 1; number <= examples.Length; number++)
        {
            string[] expected = string.Join("\n\n", compiled[number]).Split('\n'), actual = examples[number - 1].TrimEnd().Split('\n');
            int same = expected.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
            Assert.True(
                expected.SequenceEqual(actual),
                $"Example {number} of README.md is not the compiled one, from its line {same + 1} on:\n"
                + string.Join('\n', [.. actual[same..].Select(line => $"- {line}"), .. expected[same..].Select(line => $"+ {line}")]));
        }
    }

    [Fact]
    public void Training_leaves_a_file_that_predicts_the_same()
    {
        using TemporaryFolder folder = new();
        PutSet(Directory.CreateDirectory(folder.File("src/SimdNet.Cli/Data/mnist")).FullName);
        string directoryBefore = Environment.CurrentDirectory;
        Environment.CurrentDirectory = folder.Path;
        try
        {
            (Network network, Dataset test, float[] scores) = TrainingExample.Run();

            Network loaded = Network.Load("mnist.safetensors");
            Assert.Equal(10, scores.Length);
            Assert.Equal(scores, loaded.CreatePredictor(1).Predict(test.Inputs[..784]).ToArray());
            Assert.Equal(10, network.Version); // five epochs of two batches
        }
        finally
        {
            Environment.CurrentDirectory = directoryBefore;
        }
    }

    /// <summary>Small whole numbers, whose products are exact.</summary>
    [Fact]
    public void Kernels_compute_what_their_comments_say()
    {
        const int M = 3, N = 5, K = 4;
        float[] a = Whole(M * K), b = Whole(K * N), bt = Whole(N * K), bias = Whole(N), c = new float[M * N];
        float[] x = [-1, 0, 0.5f, 3], y = new float[x.Length];

        ConvolutionShape shape = new(2, Shape.Image(3, 32, 32), 16, new WindowAxis(3, 1, 1, 1), new WindowAxis(3, 1, 1, 1));
        float[] images = Whole(shape.InputLength), w = Whole(shape.Weight.Length), maps = new float[shape.OutputLength];

        KernelExample.Run(a, b, bt, bias, M, N, K, c, x, y, images, w, maps);

        for (int i = 0; i < M * N; i++)
        {
            (int row, int column) = (i / N, i % N);
            Assert.Equal(Math.Max(0, Enumerable.Range(0, K).Sum(k => a[(row * K) + k] * bt[(column * K) + k]) + bias[column]), c[i]);
        }

        Assert.Equal(
            ConvolutionReference.Forward(Array.ConvertAll(images, value => (double)value), Array.ConvertAll(w, value => (double)value), [], in shape),
            Array.ConvertAll(maps, value => (double)value));
        Assert.Contains(c, value => value == 0);
        Assert.Contains(c, value => value > 0);
        Assert.All(x.Zip(y), pair => Assert.InRange(Tolerance.UnitsInTheLastPlace(pair.Second, (float)Math.Exp(pair.First)), 0, 1));
    }

    [Fact]
    public void An_activation_of_ones_own_runs_in_a_loop_and_inside_a_product()
    {
        float[] x = Whole(37), cubes = new float[x.Length], product = new float[x.Length];

        Loops.Map(default(Cube), x, cubes);
        Gemm.Multiply(
            1, new ReadOnlyMatrix(x, x.Length, 1), new ReadOnlyMatrix([1], 1, 1), 0, new Matrix(product, x.Length, 1),
            new Epilogue<Cube>(default));

        Assert.Equal(x.Select(value => value * value * value), cubes);
        Assert.Equal(cubes, product);
    }

    /// <summary>A polynomial of degree d has the variance σ²(d + 1)/n; here σ = ½ and n = 25.</summary>
    [Fact]
    public void Over_capacity_bias_falls_variance_grows_and_the_best_lies_between()
    {
        List<BiasVariance> curve = CapacityExample.Run(LeastSquares.Fit);

        double[] errors = [.. curve.Select(point => point.ExpectedError)];
        Assert.InRange(Array.IndexOf(errors, errors.Min()), 3, 7);
        Assert.True(errors[0] > 2 * errors.Min() && errors[^1] > 1.5 * errors.Min());
        Assert.True(curve[0].BiasSquared > 100 * Math.Abs(curve[^1].BiasSquared));
        for (int degree = 0; degree < curve.Count; degree++)
        {
            double deviation = Math.Sqrt(2.0 / (199 * (degree + 1))); // of the estimate by 200 models, as a factor
            Assert.InRange(curve[degree].Variance / (0.25 * (degree + 1) / 25), 1 - (5 * deviation), 1 + (5 * deviation));
        }

        string readme = File.ReadAllText(Path.Combine(HouseTests.Root, "README.md"));
        Assert.All([1, 3, 5, 7, 9, 11], degree => Assert.Contains(
            $"| {degree} | {curve[degree].BiasSquared:0.000} | {curve[degree].Variance:0.000} | {curve[degree].ExpectedError:0.000} |",
            readme, StringComparison.Ordinal));
    }

    private static float[] Whole(int length) => [.. Enumerable.Range(0, length).Select(i => (float)((i * 5 % 7) - 3))];

    private static void PutSet(string folder)
    {
        foreach ((string half, int count) in new[] { ("train", 70), ("t10k", 3) })
        {
            byte[] labels = [.. Enumerable.Range(0, count).Select(i => (byte)(i % 10))];
            File.WriteAllBytes(Path.Combine(folder, $"{half}-images-idx3-ubyte"), IdxBytes.Random([count, 28, 28], seed: count));
            File.WriteAllBytes(Path.Combine(folder, $"{half}-labels-idx1-ubyte"), IdxBytes.Of([count], labels));
        }
    }

    /// <summary>The parts of each example by its number, each without the indentation of its first line.</summary>
    private static ILookup<int, string> Compiled() => (
        from folder in (string[])["SimdNet.Tests/Readme", "SimdNet.AotTest"]
        from file in Directory.EnumerateFiles(Path.Combine(HouseTests.Root, "tests", folder), "*.cs")
        from part in Parts().Matches(File.ReadAllText(file))
        let indentation = "\n" + part.Groups[1].Value
        let text = ("\n" + part.Groups[3].Value).Replace(indentation, "\n", StringComparison.Ordinal).Trim()
        select (Number: int.Parse(part.Groups[2].Value), Text: text)).ToLookup(part => part.Number, part => part.Text);

    [GeneratedRegex(@"^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"^( *)// README (\d+)\n(.*?)^ *// README end", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Parts();
}
