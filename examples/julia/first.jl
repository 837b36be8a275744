# The C ABI from Julia, with nothing but ccall: julia first.jl [libarrayformat.so.1]
using Libdl

const library = isempty(ARGS) ? "libarrayformat.so.1" : ARGS[1]
const AF_FLOAT64 = Int32(10)

struct ArrayFormatError <: Exception
    status::Int32
    message::String
end

status_name(status) = unsafe_string(ccall((:af_status_name, library), Cstring, (Int32,), status))
Base.showerror(io::IO, error::ArrayFormatError) = print(io, status_name(error.status), ": ", error.message)

"Throws what a call answered that failed."
function ok(status::Int32, error::Ref{Ptr{Cvoid}})
    status == 0 && return
    message = unsafe_string(ccall((:af_error_message, library), Cstring, (Ptr{Cvoid},), error[]))
    ccall((:af_error_free, library), Cvoid, (Ptr{Cvoid},), error[])
    throw(ArrayFormatError(status, message))
end

mutable struct File
    handle::Ptr{Cvoid}
    File(handle) = finalizer(close, new(handle))
end

# A handle that was closed may be closed again.
Base.close(file::File) = ccall((:af_file_close, library), Cvoid, (Ptr{Cvoid},), file.handle)

function create(path::String)
    out, error = Ref{Ptr{Cvoid}}(C_NULL), Ref{Ptr{Cvoid}}(C_NULL)
    ok(ccall((:af_file_create, library), Int32, (Ptr{UInt8}, Int64, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}, Ptr{Ptr{Cvoid}}),
             path, sizeof(path), C_NULL, out, error), error)
    File(out[])
end

function open_file(path::String)
    out, error = Ref{Ptr{Cvoid}}(C_NULL), Ref{Ptr{Cvoid}}(C_NULL)
    ok(ccall((:af_file_open, library), Int32, (Ptr{UInt8}, Int64, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}, Ptr{Ptr{Cvoid}}),
             path, sizeof(path), C_NULL, out, error), error)
    File(out[])
end

"Defines an array and writes all of it. Julia's first axis varies fastest, the file's last one does: the shape is turned round."
function write_array(file::File, name::String, elements::Array{Float64})
    schema, error = Ref{Ptr{Cvoid}}(C_NULL), Ref{Ptr{Cvoid}}(C_NULL)
    shape = Int64[reverse(size(elements))...]
    ok(ccall((:af_schema_create, library), Int32, (Int32, Ptr{Int64}, Int32, Ptr{Ptr{Cvoid}}, Ptr{Ptr{Cvoid}}),
             AF_FLOAT64, shape, length(shape), schema, error), error)
    try
        ok(ccall((:af_file_define, library), Int32, (Ptr{Cvoid}, Ptr{UInt8}, Int64, Ptr{Cvoid}, Ptr{Ptr{Cvoid}}),
                 file.handle, name, sizeof(name), schema[], error), error)
    finally
        ccall((:af_schema_free, library), Cvoid, (Ptr{Cvoid},), schema[])
    end
    ok(ccall((:af_file_write, library), Int32,
             (Ptr{Cvoid}, Ptr{UInt8}, Int64, Ptr{Int64}, Ptr{Int64}, Int32, Ptr{Int64}, Ptr{Float64}, Int64, Ptr{Ptr{Cvoid}}),
             file.handle, name, sizeof(name), C_NULL, C_NULL, 0, C_NULL, elements, sizeof(elements), error), error)
end

"Reads a region: `start` from 0 and `shape` as the file has them. The answer's axes are turned round again."
function read_region(file::File, name::String, start::Vector{Int64}, shape::Vector{Int64})
    length(start) == length(shape) || throw(DimensionMismatch("start and shape differ in length"))
    found, error = Array{Float64}(undef, reverse(shape)...), Ref{Ptr{Cvoid}}(C_NULL)
    ok(ccall((:af_file_read, library), Int32,
             (Ptr{Cvoid}, Ptr{UInt8}, Int64, Ptr{Int64}, Ptr{Int64}, Int32, Ptr{Int64}, Ptr{Float64}, Int64, Ptr{Ptr{Cvoid}}),
             file.handle, name, sizeof(name), start, shape, length(shape), C_NULL, found, sizeof(found), error), error)
    found
end

function flush_file(file::File)
    error = Ref{Ptr{Cvoid}}(C_NULL)
    ok(ccall((:af_file_flush, library), Int32, (Ptr{Cvoid}, Ptr{Ptr{Cvoid}}), file.handle, error), error)
end

file = create("weather.af")
write_array(file, "celsius", [11.5 9.75; 12 10; 12.25 10.5])
flush_file(file)
close(file)

file = open_file("weather.af")
println("tomorrow: ", join(read_region(file, "celsius", [1, 0], [1, 3]), " "))
close(file)

try
    flush_file(file)
catch error
    showerror(stdout, error)
    println()
end
