# Writes tests/base/invisible.txt from the Unicode data of this perl: perl tests/base/invisible.pl
use strict;
use warnings;
my $start = -1;
for my $c (0 .. 0x10ffff) {
  next if $c >= 0xd800 && $c <= 0xdfff;
  my $hidden = chr($c) =~ /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]/
    || $c == 0x2800 || $c == 0x1d159;
  if ($hidden) { $start = $c if $start < 0; next }
  printf("%x %x\n", $start, $c - 1) if $start >= 0;
  $start = -1;
}
