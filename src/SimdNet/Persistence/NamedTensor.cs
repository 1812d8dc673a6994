namespace SimdNet.Persistence;

/// <summary>A tensor to be written: its name, its shape and its values, whose number is the product of the shape.</summary>
/// <param name="Name">The name in the file, unique there, such as <c>0.weight</c>.</param>
/// <param name="Shape">The dimensions, outermost first; none for a scalar.</param>
/// <param name="Values">The values in row-major order.</param>
public readonly record struct NamedTensor(string Name, ReadOnlyMemory<int> Shape, ReadOnlyMemory<float> Values);
