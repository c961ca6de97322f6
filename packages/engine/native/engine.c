/*
 * Runs one JavaScript program in QuickJS. All that it imports was evaluated when it was compiled: see image.h.
 *
 * The program gets one object as `globalThis.native`: system calls, and what cannot be had from system calls. All the
 * rest (event loop, files, processes, timers) is TypeScript over it; see ../src/runtime/native.ts, which describes each
 * member.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "quickjs.h"

#include "image.h"

extern char **environ;

/* The memory of an ArrayBuffer, typed array or DataView; NULL, with an exception, for anything else. */
static uint8_t *memory_of(JSContext *ctx, JSValueConst value, size_t *size)
{
    size_t offset, whole;
    /* Asked first: to be told by an exception that it is no typed array costs a stack trace, for each wait for events. */
    if (JS_GetClassID(value) == image.buffer_class)
        return JS_GetArrayBuffer(ctx, size, value);
    JSValue buffer = JS_GetTypedArrayBuffer(ctx, value, &offset, size, NULL);
    if (JS_IsException(buffer)) {
        JS_FreeValue(ctx, JS_GetException(ctx));
        return JS_GetArrayBuffer(ctx, size, value);
    }
    uint8_t *memory = JS_GetArrayBuffer(ctx, &whole, buffer);
    JS_FreeValue(ctx, buffer);
    return memory == NULL ? NULL : memory + offset;
}

/* syscall(number, ...up to six arguments): its result, or minus errno. */
static JSValue native_syscall(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
    int64_t words[7] = { 0 };
    const char *texts[7] = { NULL };
    JSValue result = JS_EXCEPTION;

    if (image.recording)
        return JS_ThrowTypeError(ctx, __FILE__, __LINE__, "a module calls the system where it is imported");

    for (int i = 0; i < argc && i < 7; i++) {
        if (JS_IsNumber(argv[i]) || JS_IsBigInt(ctx, argv[i])) {
            if (JS_ToInt64Ext(ctx, &words[i], argv[i]) < 0)
                goto done;
        } else if (JS_IsString(argv[i])) {
            size_t length;
            texts[i] = JS_ToCStringLen(ctx, &length, argv[i]);
            if (texts[i] == NULL)
                goto done;
            if (strlen(texts[i]) != length) {
                JS_ThrowTypeError(ctx, __FILE__, __LINE__, "a text for the kernel holds a NUL");
                goto done;
            }
            words[i] = (int64_t)texts[i];
        } else if (!JS_IsNull(argv[i]) && !JS_IsUndefined(argv[i])) {
            size_t size;
            uint8_t *memory = memory_of(ctx, argv[i], &size);
            if (memory == NULL && size != 0)
                goto done;
            words[i] = (int64_t)memory;
        }
    }
    long answer = syscall(words[0], words[1], words[2], words[3], words[4], words[5], words[6]);
    result = JS_NewInt64(ctx, answer == -1 ? -errno : answer);
done:
    for (int i = 0; i < 7; i++)
        if (texts[i] != NULL)
            JS_FreeCString(ctx, texts[i]);
    return result;
}

static void free_texts(JSContext *ctx, char **texts)
{
    for (int i = 0; texts != NULL && texts[i] != NULL; i++)
        JS_FreeCString(ctx, texts[i]);
    js_free(ctx, texts);
}

/* A list of texts as argv or envp, for free_texts; NULL with an exception pending. */
static char **texts_from(JSContext *ctx, JSValueConst list)
{
    uint32_t count;
    JSValue length = JS_GetPropertyStr(ctx, list, "length");
    int failed = JS_IsException(length) || JS_ToUint32(ctx, &count, length) < 0;
    JS_FreeValue(ctx, length);
    char **texts = failed ? NULL : js_mallocz(ctx, ((size_t)count + 1) * sizeof *texts);
    for (uint32_t i = 0; texts != NULL && i < count; i++) {
        JSValue item = JS_GetPropertyUint32(ctx, list, i);
        texts[i] = (char *)JS_ToCString(ctx, item);
        JS_FreeValue(ctx, item);
        if (texts[i] == NULL) {
            free_texts(ctx, texts);
            return NULL;
        }
    }
    return texts;
}

/* The child of vfork, until it is another program; does not come back. */
static void become_program(const char *file, char **args, char **env, const int fds[3], volatile int *failure)
{
    struct sigaction usual = { .sa_handler = SIG_DFL };
    sigset_t none;
    sigemptyset(&none);
    sigaction(SIGPIPE, &usual, NULL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int i = 0; i < 3; i++)
        if (dup2(fds[i], i) < 0)
            goto failed;
    execve(file, args, env);
failed:
    *failure = errno;
    _exit(127);
}

/*
 * spawn(file, argv, envp, stdin, stdout, stderr): pid of a child, or minus errno. The descriptors are above 2. The child has no signal blocked, and
 * takes SIGPIPE as any program does. In C, since a child that shares this memory until it is another program must not
 * run JavaScript; one with a copy of it costs the pages' copies, and this process a page fault for each later on.
 */
static JSValue native_spawn(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
    JSValue result = JS_EXCEPTION;
    int fds[3];
    const char *file = JS_ToCString(ctx, argv[0]);
    char **args = texts_from(ctx, argv[1]), **env = texts_from(ctx, argv[2]);
    if (file == NULL || args == NULL || env == NULL)
        goto done;
    for (int i = 0; i < 3; i++)
        if (JS_ToInt32(ctx, &fds[i], argv[3 + i]) < 0)
            goto done;

    volatile int failure = 0;
    pid_t pid = vfork();
    if (pid == 0)
        become_program(file, args, env, fds, &failure);
    if (pid < 0)
        failure = errno;
    else if (failure != 0)
        waitpid(pid, NULL, 0);
    result = JS_NewInt32(ctx, failure == 0 ? pid : -failure);
done:
    free_texts(ctx, env);
    free_texts(ctx, args);
    if (file != NULL)
        JS_FreeCString(ctx, file);
    return result;
}

static JSValue native_address(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
    size_t size = 0;
    uint8_t *memory = memory_of(ctx, argv[0], &size);
    return memory == NULL && size != 0 ? JS_EXCEPTION : JS_NewInt64(ctx, (int64_t)memory);
}

static JSValue native_encode(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
    size_t length;
    const char *text = JS_ToCStringLen(ctx, &length, argv[0]);
    if (text == NULL)
        return JS_EXCEPTION;
    JSValue buffer = JS_NewArrayBufferCopy(ctx, (const uint8_t *)text, length);
    JS_FreeCString(ctx, text);
    return buffer;
}

static JSValue native_decode(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
    size_t size = 0;
    uint8_t *memory = memory_of(ctx, argv[0], &size);
    if (memory == NULL && size != 0)
        return JS_EXCEPTION;
    return JS_NewStringLen(ctx, (const char *)memory, size);
}

static JSValue native_run_jobs(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
    JSContext *of_job;
    int done;
    while ((done = JS_ExecutePendingJob(JS_GetRuntime(ctx), &of_job)) > 0)
        ;
    return done < 0 ? JS_EXCEPTION : JS_UNDEFINED;
}

static void tell_rejection(JSContext *ctx, JSValueConst promise, JSValueConst reason, JS_BOOL is_handled, void *opaque)
{
    JSValue args[] = { promise, reason, JS_NewBool(ctx, is_handled) };
    JS_FreeValue(ctx, JS_Call(ctx, image.rejection_listener, JS_UNDEFINED, 3, (JSValueConst *)args));
}

static JSValue native_on_rejection(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
    JS_FreeValue(ctx, image.rejection_listener);
    image.rejection_listener = JS_DupValue(ctx, argv[0]);
    JS_SetHostPromiseRejectionTracker(JS_GetRuntime(ctx), tell_rejection, NULL);
    return JS_UNDEFINED;
}

static const JSCFunctionListEntry native_functions[] = {
    JS_CFUNC_DEF("syscall", 1, native_syscall),         JS_CFUNC_DEF("address", 1, native_address),
    JS_CFUNC_DEF("spawn", 6, native_spawn),
    JS_CFUNC_DEF("encode", 1, native_encode),           JS_CFUNC_DEF("decode", 1, native_decode),
    JS_CFUNC_DEF("runJobs", 0, native_run_jobs),        JS_CFUNC_DEF("onRejection", 1, native_on_rejection),
};

static JSValue texts_of(JSContext *ctx, char **texts)
{
    JSValue list = JS_NewArray(ctx);
    for (uint32_t i = 0; texts[i] != NULL; i++)
        JS_SetPropertyUint32(ctx, list, i, JS_NewString(ctx, texts[i]));
    return list;
}

/* Only what the program itself could not tell ends here. */
static int fail(JSContext *ctx)
{
    JSValue error = JS_GetException(ctx);
    JSValue stack = JS_IsObject(error) ? JS_GetPropertyStr(ctx, error, "stack") : JS_UNDEFINED;
    const char *message = JS_ToCString(ctx, error);
    const char *trace = JS_IsUndefined(stack) ? NULL : JS_ToCString(ctx, stack);
    fprintf(stderr, "%s\n%s", message == NULL ? "uncaught exception" : message, trace == NULL ? "" : trace);
    return 1;
}

/* Evaluates what the program imports, and leaves this executable with the memory that holds it, as another file. */
static int compile(const char *bytecode_path, const char *out_path)
{
    image.recording = 1;
    image.runtime = JS_NewRuntime2(&image_malloc, NULL);
    JSContext *ctx = image.runtime == NULL ? NULL : JS_NewContext(image.runtime);
    size_t size;
    uint8_t *bytecode = read_file(bytecode_path, &size);
    if (ctx == NULL || bytecode == NULL)
        return 1;

    image.buffer_class = JS_GetClassID(JS_NewArrayBufferCopy(ctx, bytecode, 0));
    JSValue native = JS_NewObject(ctx);
    JS_SetPropertyFunctionList(ctx, native, native_functions, sizeof native_functions / sizeof native_functions[0]);
    JSValue global = JS_GetGlobalObject(ctx);
    JS_SetPropertyStr(ctx, global, "native", JS_DupValue(ctx, native));
    JSValue program = JS_ReadObject(ctx, bytecode, size, JS_READ_OBJ_BYTECODE);
    if (JS_IsException(program))
        return fail(ctx);
    JSValue result = JS_EvalFunction(ctx, program);
    if (JS_IsException(result))
        return fail(ctx);
    JS_RunGC(image.runtime);
    image.ctx = ctx;
    image.native = native;
    image.recording = 0;
    return write_image(out_path);
}

int main(int argc, char **argv)
{
    if (image.ctx == NULL)
        return argc == 3 ? compile(argv[1], argv[2]) : 1;

    JSContext *ctx = image.ctx;
    JS_UpdateStackTop(image.runtime);
    JS_SetGCThreshold(image.runtime, 2 * image.used);
    JS_SetPropertyStr(ctx, image.native, "args", texts_of(ctx, argv));
    JS_SetPropertyStr(ctx, image.native, "environment", texts_of(ctx, environ));
    JSValue run = JS_GetPropertyStr(ctx, image.native, "run");
    JSValue status = JS_Call(ctx, run, image.native, 0, NULL);
    int32_t exit_status;
    if (JS_IsException(status) || JS_ToInt32(ctx, &exit_status, status) < 0)
        return fail(ctx);
    /* The end of the process frees everything. */
    _exit(exit_status);
}
