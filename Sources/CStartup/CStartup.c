#define _GNU_SOURCE
#include "CStartup.h"

#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static int forget(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size, (void)context;
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    // Code and constants are mapped from their file and never written, so nothing is lost; data would be.
    if (header->p_type != PT_LOAD || header->p_flags & PF_W) continue;
    uintptr_t start = (info->dlpi_addr + header->p_vaddr + page - 1) & ~(page - 1);
    uintptr_t end = (info->dlpi_addr + header->p_vaddr + header->p_filesz) & ~(page - 1);
    if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 0;
}

void cs_forget_startup(void) {
  dl_iterate_phdr(forget, NULL);
  malloc_trim(0);
}
