{ SPDX-License-Identifier: GPL-2.0-only }
{ Pascal's ways to write the file TEXT into SLOT, for `run.py`: calls CALL. }
{$mode objfpc}{$H+}
program calls;
uses sysutils, classes;
var
  slot: string;
  words: ansistring;
  out_text: text;
  out_bytes: file;
  input_stream, output_stream: TFileStream;
begin
  slot := GetEnvironmentVariable('SLOT');
  input_stream := TFileStream.Create(GetEnvironmentVariable('TEXT'), fmOpenRead);
  SetLength(words, input_stream.Size);
  if words <> '' then
    input_stream.ReadBuffer(words[1], Length(words));
  case ParamStr(1) of
    'write':
      begin
        Assign(out_text, slot);
        Rewrite(out_text);
        Write(out_text, words);
        Close(out_text);
      end;
    'append':
      begin
        Assign(out_text, slot);
        Append(out_text);
        Write(out_text, words);
        Close(out_text);
      end;
    'BlockWrite':
      begin
        Assign(out_bytes, slot);
        Rewrite(out_bytes, 1);
        if words <> '' then
          BlockWrite(out_bytes, words[1], Length(words));
        Close(out_bytes);
      end;
    'TFileStream':
      begin
        output_stream := TFileStream.Create(slot, fmOpenWrite);
        if words <> '' then
          output_stream.WriteBuffer(words[1], Length(words));
        output_stream.Free;
      end;
  end;
end.
