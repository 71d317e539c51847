--  SPDX-License-Identifier: GPL-2.0-only
--  Ada's ways to write the file TEXT into SLOT, for `run.py`: calls CALL.
with Ada.Command_Line;
with Ada.Environment_Variables;
with Ada.Streams.Stream_IO;
with Ada.Text_IO;
with GNAT.OS_Lib; use GNAT.OS_Lib;

procedure Calls is
   Call  : constant String := Ada.Command_Line.Argument (1);
   Slot  : constant String := Ada.Environment_Variables.Value ("SLOT");
   Input : constant File_Descriptor :=
     Open_Read (Ada.Environment_Variables.Value ("TEXT"), Binary);
   Text  : String (1 .. Integer (File_Length (Input)));
   Count : constant Integer := Read (Input, Text'Address, Text'Length);
   File  : Ada.Text_IO.File_Type;
   Bytes : Ada.Streams.Stream_IO.File_Type;
begin
   if Call = "Open" then
      Ada.Text_IO.Open (File, Ada.Text_IO.Out_File, Slot);
   elsif Call = "Create" then
      Ada.Text_IO.Create (File, Ada.Text_IO.Out_File, Slot);
   elsif Call = "append" then
      Ada.Text_IO.Open (File, Ada.Text_IO.Append_File, Slot);
   else
      if Call = "Stream_IO.Open" then
         Ada.Streams.Stream_IO.Open (Bytes, Ada.Streams.Stream_IO.Out_File, Slot);
      else
         Ada.Streams.Stream_IO.Create (Bytes, Ada.Streams.Stream_IO.Out_File, Slot);
      end if;
      String'Write (Ada.Streams.Stream_IO.Stream (Bytes), Text (1 .. Count));
      Ada.Streams.Stream_IO.Close (Bytes);
      return;
   end if;
   Ada.Text_IO.Put (File, Text (1 .. Count));
   Ada.Text_IO.Close (File);
end Calls;
