/*
 * The engine's memory, as it was when a program had been compiled, as a part of the executable.
 *
 * What a program imports is evaluated once, at compile time, and does the same each time; in an emulated guest, where the
 * agent starts, that is most of its start. So the executable runs twice. The first time, as gcc has linked it, it allocates
 * out of `image` only, evaluates, and writes a copy of itself in which the segment of `image` holds what is there now. The
 * copy finds it at the same addresses, and goes on. It is linked at fixed addresses, so all that the memory points to
 * (functions, tables) is where it was; what the C library keeps for itself is not in it, and begins anew in each process.
 */
#include <elf.h>
#include <fcntl.h>
#include <malloc.h>
#include <sys/stat.h>

#define IMAGE_BYTES (8 << 20)

/* Its section gets addresses of its own (link-program.ts), so that its segment can end where the used part ends. */
static struct {
    JSRuntime *runtime;
    JSContext *ctx;
    JSValue native;
    JSValue rejection_listener;
    /* Class of ArrayBuffer. */
    JSClassID buffer_class;
    int recording;
    size_t used;
    uint8_t memory[IMAGE_BYTES] __attribute__((aligned(16)));
} image __attribute__((section(".image"), aligned(4096))) = { .used = 0 };

/* Up to what is used: the executable ends there, and the C library's heap may begin right behind. */
static int in_image(const void *block)
{
    return (uintptr_t)block - (uintptr_t)image.memory < image.used;
}

/* Blocks of the image have their size before them. */
static size_t image_block_size(const void *block)
{
    if (block == NULL)
        return 0;
    return in_image(block) ? ((const size_t *)block)[-2] : malloc_usable_size((void *)block);
}

static void *take_block(size_t size)
{
    if (!image.recording)
        return malloc(size);
    size = (size + 15) & ~(size_t)15;
    if (size + 16 > IMAGE_BYTES - image.used)
        return NULL;
    uint8_t *block = image.memory + image.used + 16;
    ((size_t *)block)[-2] = size;
    image.used += size + 16;
    return block;
}

static void *image_alloc(JSMallocState *state, size_t size)
{
    if (state->malloc_size + size > state->malloc_limit)
        return NULL;
    void *block = take_block(size);
    if (block == NULL)
        return NULL;
    state->malloc_count++;
    state->malloc_size += image_block_size(block);
    return block;
}

/* A block of the image stays there, unless it is the last one. */
static void image_free(JSMallocState *state, void *block)
{
    if (block == NULL)
        return;
    size_t size = image_block_size(block);
    state->malloc_count--;
    state->malloc_size -= size;
    if (!in_image(block))
        free(block);
    else if (image.recording && (uint8_t *)block + size == image.memory + image.used) {
        image.used -= size + 16;
        memset((uint8_t *)block - 16, 0, size + 16);
    }
}

static void *image_realloc(JSMallocState *state, void *block, size_t size)
{
    if (block == NULL)
        return size == 0 ? NULL : image_alloc(state, size);
    if (size == 0) {
        image_free(state, block);
        return NULL;
    }
    size_t old_size = image_block_size(block);
    if (in_image(block)) {
        if (size <= old_size)
            return block;
        void *copy = image_alloc(state, size);
        if (copy != NULL) {
            memcpy(copy, block, old_size);
            image_free(state, block);
        }
        return copy;
    }
    if (state->malloc_size - old_size + size > state->malloc_limit)
        return NULL;
    void *moved = realloc(block, size);
    if (moved != NULL)
        state->malloc_size += malloc_usable_size(moved) - old_size;
    return moved;
}

static const JSMallocFunctions image_malloc = { image_alloc, image_free, image_realloc, image_block_size };

/* The whole file, in memory that is never freed; NULL, with a message, for one that cannot be read. */
static uint8_t *read_file(const char *path, size_t *size)
{
    struct stat stats;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t *content = NULL;
    if (fd >= 0 && fstat(fd, &stats) == 0 && (content = malloc(stats.st_size + 1)) != NULL) {
        *size = stats.st_size;
        if (read(fd, content, *size) == (ssize_t)*size) {
            close(fd);
            return content;
        }
    }
    perror(path);
    return NULL;
}

/* Writes this executable with the image in it, without what comes after: the table of sections. Answers an exit status. */
static int write_image(const char *path)
{
    size_t size;
    uint8_t *file = read_file("/proc/self/exe", &size);
    if (file == NULL)
        return 1;
    Elf64_Ehdr *header = (Elf64_Ehdr *)file;
    Elf64_Phdr *segments = (Elf64_Phdr *)(file + header->e_phoff);
    for (int i = 0; i < header->e_phnum; i++) {
        Elf64_Phdr *segment = &segments[i];
        if (segment->p_type != PT_LOAD || segment->p_vaddr != (uintptr_t)&image)
            continue;
        segment->p_filesz = segment->p_memsz = image.memory + image.used - (uint8_t *)&image;
        memcpy(file + segment->p_offset, &image, segment->p_filesz);
        header->e_shoff = 0;
        header->e_shnum = header->e_shstrndx = 0;
        size_t whole = segment->p_offset + segment->p_filesz;
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
        if (fd >= 0 && write(fd, file, whole) == (ssize_t)whole && close(fd) == 0)
            return 0;
        perror(path);
        return 1;
    }
    fprintf(stderr, "the linker has not given the image a segment of its own\n");
    return 1;
}
