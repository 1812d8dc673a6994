using System.Diagnostics.CodeAnalysis;

namespace SimdNet;

/// <summary>Every message of the library that a wrong argument can cause; each names both sides with numbers.</summary>
internal static class Throw
{
    [DoesNotReturn]
    public static void Length(string name, int actual, long expected) =>
        throw new ArgumentException($"'{name}' holds {actual} values, expected {expected}.", name);

    [DoesNotReturn]
    public static void Negative(string name, long value) =>
        throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {value}, expected 0 or more.");

    [DoesNotReturn]
    public static void Negative(string name, double value) =>
        throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {value}, expected a finite number, 0 or more.");

    [DoesNotReturn]
    public static void NotPositive(string name, long value) =>
        throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {value}, expected 1 or more.");

    [DoesNotReturn]
    public static void NotPositive(string name, float value) =>
        throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {value}, expected a finite number above 0.");

    [DoesNotReturn]
    public static void Negative(string name, float value) =>
        throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {value}, expected a finite number, 0 or more.");

    [DoesNotReturn]
    public static void NotFraction(string name, float value) =>
        throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {value}, expected at least 0 and less than 1.");

    [DoesNotReturn]
    public static void NotShare(string name, float value) =>
        throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {value}, expected 0 to 1.");

    [DoesNotReturn]
    public static void OnePerChannel(object layer, long batch, int area) =>
        throw new ArgumentException(
            $"{layer}: {batch} samples of {area} values per channel have no variance, expected 2 values or more per channel in training.");

    [DoesNotReturn]
    public static void NotWithin(string name, double value, double most) =>
        throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {value}, expected -{most} to {most}.");

    [DoesNotReturn]
    public static void NotMultiple(string name, int length, long of) =>
        throw new ArgumentException($"'{name}' holds {length} values, expected a multiple of {of}.", name);

    [DoesNotReturn]
    public static void OutOfRange(string name, int value, int lowest, int highest) =>
        throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {value}, expected {lowest} to {highest}.");

    [DoesNotReturn]
    public static void TooLarge(string name, long value, long most) =>
        throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {value}, expected at most {most}.");

    [DoesNotReturn]
    public static void NameTaken(string list, string name) =>
        throw new ArgumentException($"'{list}' holds a second '{name}', or the name is reserved: expected each name once.", list);

    [DoesNotReturn]
    public static void NotTheProduct(string name, int actual, ReadOnlySpan<int> shape) =>
        throw new ArgumentException(
            $"'{name}' holds {actual} values, expected the product of its shape [{string.Join(", ", shape.ToArray())}].", name);

    [DoesNotReturn]
    public static void Overlap(string source, string destination, int offset) =>
        throw new ArgumentException(
            $"'{destination}' starts {offset} values after '{source}' and overlaps it: expected the same start (in place) or no overlap.",
            destination);

    [DoesNotReturn]
    public static void Matrix(string name, int length, int rows, int columns) =>
        throw new ArgumentException($"'{name}' holds {length} values, expected {(long)rows * columns} of a {rows} × {columns} matrix.", name);

    [DoesNotReturn]
    public static void NotWholeRows(string name, int length, int columns) =>
        throw new ArgumentException($"'{name}' holds {length} values, expected whole rows of {columns}.", name);

    [DoesNotReturn]
    public static void NotApart(string source, string destination, int offset) =>
        throw new ArgumentException(
            $"'{destination}' starts {offset} values after '{source}' and overlaps it: expected no overlap.", destination);

    [DoesNotReturn]
    public static void ProductTooLarge(string name, ReadOnlySpan<int> dimensions) =>
        throw new ArgumentException(
            $"The product of '{name}' [{string.Join(", ", dimensions.ToArray())}] is beyond {int.MaxValue}.", name);

    [DoesNotReturn]
    public static void NotVector(string name, string shape) =>
        throw new ArgumentException($"'{name}' has the shape {shape}, expected one dimension: put a Flatten before.", name);

    [DoesNotReturn]
    public static void NotImage(string name, string shape) =>
        throw new ArgumentException($"'{name}' has the shape {shape}, expected channels × height × width.", name);

    [DoesNotReturn]
    public static void NotDivided(string name, int value, int groups) =>
        throw new ArgumentException($"'{name}' is {value}, expected a multiple of the {groups} groups.", name);

    [DoesNotReturn]
    public static void Window(int kernel, int dilation, long extent, int size, int padBefore, int padAfter) =>
        throw new ArgumentException(
            $"A kernel of {kernel} with dilation {dilation} reaches over {extent} positions, " +
            $"but there are {(long)size + padBefore + padAfter}: {size} with {padBefore} and {padAfter} of padding.");

    [DoesNotReturn]
    public static void NotWinograd(string vertical, string horizontal) => throw new ArgumentException(
        $"Winograd takes a kernel of 3 × 3, stride 1 or 2 and dilation 1, not of ({vertical}) × ({horizontal}).");

    [DoesNotReturn]
    public static void MatrixBeyondData(
        string name, int rows, int columns, int rowStride, int columnStride, long extent, int length) =>
        throw new ArgumentException(
            $"A {rows} × {columns} matrix of strides ({rowStride}, {columnStride}) reaches over {extent} values, but '{name}' holds {length}.",
            name);

    [DoesNotReturn]
    public static void SharedPlaces(string name, int rows, int columns, int rowStride, int columnStride) =>
        throw new ArgumentException(
            $"Elements of a {rows} × {columns} matrix of strides ({rowStride}, {columnStride}) in '{name}' share a place: " +
            $"expected a row stride over {(columns - 1L) * columnStride} or a column stride over {(rows - 1L) * rowStride}.",
            name);

    [DoesNotReturn]
    public static void Product(int aRows, int aColumns, int bRows, int bColumns, int cRows, int cColumns) =>
        throw new ArgumentException(
            $"A [{aRows}, {aColumns}] times B [{bRows}, {bColumns}] does not give C [{cRows}, {cColumns}]: " +
            "expected [m, k] · [k, n] → [m, n].");

    [DoesNotReturn]
    public static void Label(string name, int index, int value, int classes) =>
        throw new ArgumentOutOfRangeException(
            name, value, $"'{name}[{index}]' is {value}, expected 0 to {classes - 1} ({classes} classes).");

    [DoesNotReturn]
    public static void SignLabel(string name, int index, int value) =>
        throw new ArgumentOutOfRangeException(name, value, $"'{name}[{index}]' is {value}, expected 1, or 0 or -1 (2 classes).");

    [DoesNotReturn]
    public static void Sign(string name, int index, float value) =>
        throw new ArgumentOutOfRangeException(name, value, $"'{name}[{index}]' is {value}, expected -1 or 1.");

    [DoesNotReturn]
    public static void Outside(string name, int index, float value, float lowest, float highest) =>
        throw new ArgumentOutOfRangeException(name, value, $"'{name}[{index}]' is {value}, expected {lowest} to {highest}.");

    [DoesNotReturn]
    public static void WeightSum(string name, float sum) =>
        throw new ArgumentException($"'{name}' sum to {sum}, expected a finite number above 0.", name);

    [DoesNotReturn]
    public static void Unwanted(object loss, string given, string wanted) =>
        throw new ArgumentException($"{loss.GetType().Name} takes {wanted}, not '{given}'.", given);

    [DoesNotReturn]
    public static void SampleCount(string name, int actual, int samples, Int128 features) =>
        throw new ArgumentException($"'{name}' holds {actual} values, expected {samples} × {features}, as many samples as labels.", name);

    [DoesNotReturn]
    public static void PerSample(object layer, string name, int actual, int samples, int expected) =>
        throw new ArgumentException(
            $"{layer}: '{name}' holds {actual / (double)samples:0.###} values per sample ({actual} for {samples}), expected {expected}.",
            name);

    [DoesNotReturn]
    public static void NotWholeSamples(object layer, string name, int actual, int most, int expected) =>
        throw new ArgumentException($"{layer}: '{name}' holds {actual} values, expected 1 to {most} samples of {expected}.", name);

    /// <summary>A layer that refuses its place in a network: <paramref name="refusal"/> says why.</summary>
    [DoesNotReturn]
    public static void Layer(string layer, ArgumentException refusal) =>
        throw new ArgumentException($"{layer}: {refusal.Message}", refusal);

    [DoesNotReturn]
    public static void View(object layer) => throw new InvalidOperationException($"{layer} is a view: it is no step of a walk.");

    [DoesNotReturn]
    public static void Branches(string body, string shortcut) => throw new ArgumentException(
        $"The body puts out {body}, but the shortcut {shortcut}: expected the same shape.");

    [DoesNotReturn]
    public static void NoShadow(object layer) => throw new NotSupportedException(
        $"{layer} has no form in double precision: a gradient check needs its 'Shadow'.");

    [DoesNotReturn]
    public static void NoParameter(string name, IEnumerable<string> names) =>
        throw new ArgumentException($"There is no parameter '{name}', expected one of {string.Join(", ", names)}.", nameof(name));

    [DoesNotReturn]
    public static void NoDecay(string name, float decay, string optimizer) =>
        throw new ArgumentException(
            $"'{name}' ask for a weight decay of {decay}, but {optimizer} has none: expected AdamW or Lion, or a Regularization.", name);

    [DoesNotReturn]
    public static void FileNotFound(string folder, string problem) => throw new FileNotFoundException($"{folder}: {problem}");

    /// <summary>A file that is not what it should be; its reader words the <paramref name="problem"/>, knowing the numbers.</summary>
    [DoesNotReturn]
    public static void InvalidData(string file, string problem) =>
        throw new InvalidDataException($"{file}: {problem}");

    [DoesNotReturn]
    public static void Tensors(string file, string[] missing, string[] extra) =>
        InvalidData(file, $"missing tensors: {List(missing)}; tensors that the network does not have: {List(extra)}.");

    [DoesNotReturn]
    public static void TensorShape(string file, string name, ReadOnlySpan<int> actual, ReadOnlySpan<int> expected) =>
        InvalidData(file, $"tensor '{name}' has the shape [{List(actual.ToArray())}], expected [{List(expected.ToArray())}].");

    private static string List<T>(T[] items) => items.Length == 0 ? "none" : string.Join(", ", items);
}
