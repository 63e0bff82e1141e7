// What the program and the libraries in it take from the C library that older ones do not have.
// All of it is hidden: nothing that is loaded later shall find it here.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stddef.h>
#include <sys/stat.h>

#pragma GCC visibility push(hidden)

// glibc 2.32 tells whether there is one thread alone. Nobody told us: there may be more.
char __libc_single_threaded = 0;

// Before 2.33, stat and its kin were these, with a number for the layout of the structure.
#ifdef __x86_64__
enum { layout = 1 };
#else
enum { layout = 0 };
#endif
extern int __xstat(int, const char *, struct stat *) __attribute__((visibility("default")));
extern int __lxstat(int, const char *, struct stat *) __attribute__((visibility("default")));
extern int __fxstat(int, int, struct stat *) __attribute__((visibility("default")));
extern int __fxstatat(int, int, const char *, struct stat *, int)
    __attribute__((visibility("default")));

int stat(const char *path, struct stat *result) { return __xstat(layout, path, result); }
int lstat(const char *path, struct stat *result) { return __lxstat(layout, path, result); }
int fstat(int file, struct stat *result) { return __fxstat(layout, file, result); }
int fstatat(int folder, const char *path, struct stat *result, int flags) {
  return __fxstatat(layout, folder, path, result, flags);
}
// On 64 bits they are the same.
int stat64(const char *path, struct stat64 *result) __attribute__((alias("stat")));
int lstat64(const char *path, struct stat64 *result) __attribute__((alias("lstat")));
int fstat64(int file, struct stat64 *result) __attribute__((alias("fstat")));
int fstatat64(int folder, const char *path, struct stat64 *result, int flags)
    __attribute__((alias("fstatat")));

// glibc 2.35 finds the unwind table of an address. Before, one went through all that is loaded, as
// exceptions of C++ did then.
struct search {
  ElfW(Addr) address;
  struct dl_find_object *result;
};

static int look(struct dl_phdr_info *object, size_t size, void *data) {
  (void)size;
  struct search *search = data;
  const ElfW(Phdr) *table = NULL, *around = NULL;
  for (int index = 0; index < object->dlpi_phnum; index++) {
    const ElfW(Phdr) *part = &object->dlpi_phdr[index];
    ElfW(Addr) start = object->dlpi_addr + part->p_vaddr;
    if (part->p_type == PT_GNU_EH_FRAME) table = part;
    if (part->p_type == PT_LOAD && search->address - start < part->p_memsz) around = part;
  }
  if (table == NULL || around == NULL) return 0;
  ElfW(Addr) start = object->dlpi_addr + around->p_vaddr;
  search->result->dlfo_flags = 0;
  search->result->dlfo_map_start = (void *)start;
  search->result->dlfo_map_end = (void *)(start + around->p_memsz);
  search->result->dlfo_link_map = NULL;
  search->result->dlfo_eh_frame = (void *)(object->dlpi_addr + table->p_vaddr);
  return 1;
}

int _dl_find_object(void *address, struct dl_find_object *result) {
  struct search search = {(ElfW(Addr))address, result};
  return dl_iterate_phdr(look, &search) == 1 ? 0 : -1;
}

// Since 2.34 the library itself calls what has to run before main; before, each program brought the
// loop with it. The linker calls us in its place (--wrap), and the library calls the loop.
typedef void step(int, char **, char **);
extern step *__init_array_start[], *__init_array_end[];
extern void _init(void);
extern int __real___libc_start_main(
    int (*)(int, char **, char **), int, char **, step *, void (*)(void), void (*)(void), void *)
    __attribute__((visibility("default")));

static void run_before_main(int count, char **words, char **environment) {
  _init();
  for (step **one = __init_array_start; one < __init_array_end; one++) {
    (*one)(count, words, environment);
  }
}

int __wrap___libc_start_main(
    int (*main)(int, char **, char **), int count, char **words, step *init, void (*fini)(void),
    void (*rtld_fini)(void), void *stack_end) {
  return __real___libc_start_main(
      main, count, words, init != NULL ? init : run_before_main, fini, rtld_fini, stack_end);
}

#pragma GCC visibility pop
