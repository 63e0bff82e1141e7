/* What a program does once it has started. */
#pragma once

/* Gives back the memory of code that ran at the start and may never run again, and what it freed;
   code that is still needed comes back from the file by itself. */
void cs_forget_startup(void);
